import { type Contestant, median, pairedRatio, type Timing } from "@slam/contests";

/** What a kernel did in one group of contestants. */
export interface Figure {
  readonly group: string;
  readonly megabytes: number;
  readonly kernel: string;
  readonly format: string;
  readonly by: Contestant["by"];
  readonly milliseconds: number;
  readonly gigabytesPerSecond: number;
  readonly gigaflopsPerSecond: number;
  /** Its bytes per second over those of the triad on the engine, in the same turns. */
  readonly ofTriad?: number;
  /** How many times as fast as fp32 by the same. */
  readonly timesFp32?: number;
  /** Its time over that of C in the same format. */
  readonly timeOfC?: number;
}

export function figuresOf(group: string, megabytes: number, timings: readonly Timing[]): readonly Figure[] {
  const find = (kernel: string, format: string, by: Contestant["by"]): Timing | undefined =>
    timings.find(({ contestant }) => contestant.kernel === kernel && contestant.format === format && contestant.by === by);
  const triad = find("triad", "fp32", "slam");
  return timings.map(({ contestant, seconds }) => {
    const { kernel, format, by, bytes, flops } = contestant;
    const time = median(seconds);
    const single = format === "fp32" ? undefined : find(kernel, "fp32", by);
    const c = by === "C" ? undefined : find(kernel, format, "C");
    return {
      group,
      megabytes,
      kernel,
      format,
      by,
      milliseconds: 1e3 * time,
      gigabytesPerSecond: bytes / time / 1e9,
      gigaflopsPerSecond: flops / time / 1e9,
      ...(triad && { ofTriad: (bytes / triad.contestant.bytes) * pairedRatio(triad.seconds, seconds) }),
      ...(single && { timesFp32: pairedRatio(single.seconds, seconds) }),
      ...(c && { timeOfC: pairedRatio(seconds, c.seconds) }),
    };
  });
}
