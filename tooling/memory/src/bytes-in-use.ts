const { gc } = globalThis as unknown as { readonly gc: () => void };

/** Of the heap and of array buffers, after a collection. */
export async function bytesInUse(): Promise<number> {
  // WebAssembly memories are let go of between tasks.
  await new Promise((resolve) => setTimeout(resolve, 0));
  gc();
  // Array buffers are let go of in the background until the next collection.
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
