export { describeMachine, type Machine } from "./machine.ts";
export { buildNative, type Native } from "./native.ts";
export { writeResults } from "./results.ts";
export { median, pairedRatio } from "./statistics.ts";
export { digits, tableText } from "./table.ts";
export { triadBandwidth } from "./triad-bandwidth.ts";
