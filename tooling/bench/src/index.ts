export { median, pairedRatio } from "@slam/contests";
export { describeMachine, type Machine } from "./machine.ts";
export { buildNative, type Native } from "./native.ts";
export { writeResults } from "./results.ts";
export { digits, tableText } from "./table.ts";
export { triadBandwidth } from "./triad-bandwidth.ts";
