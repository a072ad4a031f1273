const { gc } = globalThis as unknown as { readonly gc: () => void };

/** Bytes of the array buffers that a run makes, those of WebAssembly memories included; what little the run itself leaves to the collector must not make it run. */
export function bytesInBuffers(run: () => void): number {
  gc();
  // What the first one found is let go of in the background until the next.
  gc();
  const before = process.memoryUsage().external;
  run();
  return process.memoryUsage().external - before;
}
