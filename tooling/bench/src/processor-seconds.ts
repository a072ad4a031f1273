/** Of the processor's time, all threads together: some kernels count a single one by ticks of 4 ms. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
