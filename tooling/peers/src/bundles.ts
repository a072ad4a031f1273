// `pnpm bench:peers:ba [problem ...] [--rounds 3] [--solves 5] [--policy mixed]`: public problems of "bundle adjustment in the large", and files of one's own, solved by
// Ceres with each of its four linear solvers and by @slam/ba with each of its own, in turns, on one thread. Prints a table and writes JSON to tooling/peers/results/.
// What is absent is skipped by name.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { buildNative, describeMachine, digits, median, pairedRatio, tableText, writeResults } from "@slam/bench";

interface Turn {
  readonly optimum: number;
  readonly termination: string;
  readonly iterations: number;
  readonly seconds: readonly number[];
  readonly peakBytes: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    solves: { type: "string", default: "5" },
    policy: { type: "string", default: "mixed" },
  },
});
const here = join(import.meta.dirname, "..");
const folder = join(process.env.SLAM_DATA ?? join(here, "../../../shared/data"), "bal");
const env = { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };
const machine = describeMachine();
const ceres = buildNative(join(here, "ceres-bundle.cpp"), join(here, ".cache"), "ceres-bundle", [
  join(here, "build-ceres.sh"),
  "ceres-bundle.cpp",
]);
if ("missing" in ceres) console.log(`skipped: Ceres: ${ceres.missing}`);

const PEERS = ["dense_schur", "sparse_schur", "iterative_schur", "cgnr"];
const OURS = ["auto", "schur-cg", "cgnr"];
const problems = (positionals.length > 0 ? positionals : ["dubrovnik-16-22106-pre"])
  .map((name) => (existsSync(name) ? name : join(folder, `${name}.txt`)))
  .filter((file) => {
    if (!existsSync(file)) console.log(`skipped: there is no ${file}`);
    return existsSync(file);
  });

const figures = problems.flatMap((file) => {
  const turns = new Map<string, Turn[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    const add = (who: string, turn: Turn): void => void turns.set(who, [...(turns.get(who) ?? []), turn]);
    if ("path" in ceres) for (const solver of PEERS) add(`Ceres ${solver}`, byCeres(ceres.path, file, solver));
    for (const linear of OURS) add(`slam ${linear}`, bySlam(file, linear));
  }
  const seconds = (who: string): readonly number[] => (turns.get(who) ?? []).map((turn) => median(turn.seconds));
  const peers = PEERS.map((solver) => `Ceres ${solver}`).filter((who) => turns.has(who));
  const best = peers.sort((a, b) => median(seconds(a)) - median(seconds(b)))[0];
  return [...turns].map(([who, its]) => ({
    problem: basename(file, ".txt"),
    who,
    optimum: its[its.length - 1].optimum,
    termination: its[its.length - 1].termination,
    iterations: its[its.length - 1].iterations,
    seconds: median(seconds(who)),
    cold: median(its.map((turn) => turn.seconds[0])),
    peakBytes: median(its.map((turn) => turn.peakBytes)),
    ratio: best === undefined ? undefined : pairedRatio(seconds(who), seconds(best)),
  }));
});
console.log(
  tableText(
    ["problem", "who", "1/2 sum r^2", "ended", "steps", "ms", "of the best Ceres", "cold ms", "MB"],
    figures.map((f) => [
      f.problem,
      f.who,
      f.optimum.toPrecision(10),
      f.termination.toLowerCase(),
      String(f.iterations),
      digits(1000 * f.seconds),
      digits(f.ratio),
      digits(1000 * f.cold),
      digits(f.peakBytes / 1e6),
    ]),
  ),
);
console.log(
  `load ${machine.load.toFixed(2)} before, ${describeMachine().load.toFixed(2)} after; medians of ${values.rounds} turns of ${values.solves} solves`,
);
console.log(
  writeResults(join(here, "results/bundles"), machine, {
    policy: values.policy,
    turns: Number(values.rounds),
    solves: Number(values.solves),
    bundles: figures,
  }),
);

function byCeres(program: string, file: string, solver: string): Turn {
  return JSON.parse(execFileSync(program, [file, "--solver", solver, "--rep", values.solves], { env, encoding: "utf8" }));
}

function bySlam(file: string, linear: string): Turn {
  const program = join(import.meta.dirname, "solve-bundle.ts");
  const args = ["--conditions=@slam/source", program, file, values.policy, linear, values.solves];
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8" }));
}
