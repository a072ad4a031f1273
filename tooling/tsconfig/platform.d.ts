// What every host has and lib es2023 does not know. Packages see these and no other globals of a platform.
// AbortSignal is missing on purpose: a published d.ts naming it would need dom or node types. Take a structural type instead.

declare const performance: { now(): number };
declare function setTimeout(callback: () => void, milliseconds: number): unknown;
