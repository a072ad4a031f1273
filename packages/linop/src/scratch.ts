/** Where a computation takes arrays from that it needs while it lasts, all of zeros. How long they may be used is for whoever hands this over to say. */
export interface Scratch {
  numbers(n: number): Float64Array;
  integers(n: number): Int32Array;
}

/** New arrays, which last as long as something refers to them. */
export const newArrays: Scratch = {
  numbers: (n) => new Float64Array(n),
  integers: (n) => new Int32Array(n),
};
