import { Arena } from "@slam/wasm";

/** In tests memory that nobody cleared holds numbers that are none, so that what reads it before it is written does not go unseen. */
const uncleared = Arena.prototype.uncleared as (elements: never, n: number) => ArrayBufferView;
Object.assign(Arena.prototype, {
  uncleared(this: Arena, elements: never, n: number): ArrayBufferView {
    const array = uncleared.call(this, elements, n);
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).fill(0xff);
    return array;
  },
});
