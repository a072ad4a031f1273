// `pnpm bench:peers-pgo [graph ...] [--rounds 3] [--policy mixed]`: public pose graphs solved by Ceres, with the trust radius that suits it best, and by
// `slam pgo`, in turns, on one thread. Prints a table and writes JSON to tooling/peers/results/. What is absent is skipped by name.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildNative, describeMachine, digits, median, pairedRatio, tableText, writeResults } from "@slam/bench";

/** Solves of one turn; a turn's time is their median. */
const SOLVES = 5;

interface Turn {
  readonly optimum: number;
  readonly seconds: number;
  /** The first solve. */
  readonly cold: number;
  readonly peakBytes: number;
}

interface Outcome {
  readonly graph: string;
  readonly ceres: readonly Turn[];
  readonly slam: readonly Turn[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" }, policy: { type: "string", default: "mixed" } },
});
const graphs =
  positionals.length > 0 ? positionals : ["sphere2500", "city10000", "M3500_original", "intel", "kitti_00", "parking-garage", "torus3D"];
const here = join(import.meta.dirname, "..");
const data = process.env.SLAM_DATA ?? join(here, "../../../shared/data");
const env = { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };
const machine = describeMachine();
const ceres = buildNative(join(here, "ceres.cpp"), join(here, ".cache"), "ceres", [join(here, "build-ceres.sh")]);
if ("missing" in ceres) console.log(`skipped: Ceres: ${ceres.missing}`);

const outcomes: Outcome[] = [];
for (const graph of graphs) {
  const file = join(data, "pose-graphs", `${graph}.g2o`);
  if (!existsSync(file)) {
    console.log(`skipped: ${graph}: there is no ${file}`);
    continue;
  }
  const outcome = { graph, ceres: [] as Turn[], slam: [] as Turn[] };
  for (let round = 0; round < Number(values.rounds); round++) {
    if ("path" in ceres) outcome.ceres.push(solveByCeres(ceres.path, file));
    outcome.slam.push(solveBySlam(file));
  }
  outcomes.push(outcome);
  console.error(`${graph} done`);
}

const figures = outcomes.map(({ graph, ceres, slam }) => ({
  graph,
  ...(ceres.length > 0 && { ceres: summary(ceres), ratio: pairedRatio(seconds(slam), seconds(ceres)) }),
  slam: summary(slam),
}));
const head = ["graph", "chi2 Ceres", "chi2 slam", "Ceres ms", "slam ms", "ratio", "cold ms", "cold bound", "Ceres MB", "slam MB"];
const rows = figures.map(({ graph, ceres, slam, ratio }) => [
  graph,
  ceres?.optimum.toPrecision(9) ?? "",
  slam.optimum.toPrecision(9),
  digits(ceres && 1000 * ceres.seconds),
  digits(1000 * slam.seconds),
  digits(ratio),
  digits(1000 * slam.cold),
  digits(2000 * slam.seconds + 50),
  digits(ceres && ceres.peakBytes / 1e6),
  digits(slam.peakBytes / 1e6),
]);
console.log(tableText(head, rows));
console.log(
  `load ${machine.load.toFixed(2)} before, ${describeMachine().load.toFixed(2)} after; medians of ${values.rounds} turns of ${SOLVES} solves`,
);
console.log(
  writeResults(join(here, "results"), machine, { policy: values.policy, turns: Number(values.rounds), solves: SOLVES, graphs: figures }),
);

function solveByCeres(program: string, file: string): Turn {
  const output = execFileSync(program, [file, "--radius", "1e16", "--rep", String(SOLVES)], { env, encoding: "utf8", maxBuffer: 1e8 });
  const { optimum, seconds, peakBytes } = JSON.parse(output);
  return { optimum, seconds: median(seconds), cold: seconds[0], peakBytes };
}

function solveBySlam(file: string): Turn {
  const main = join(here, "../../apps/cli/dist/main.js");
  const args = [main, "pgo", file, "--policy", values.policy, "--repeat", String(SOLVES), "--quiet", "--json"];
  const { cost, seconds, memoryBytes } = JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8", maxBuffer: 1e8 }));
  return { optimum: cost.final, seconds: seconds.solve, cold: seconds.cold, peakBytes: memoryBytes };
}

function seconds(turns: readonly Turn[]): readonly number[] {
  return turns.map((turn) => turn.seconds);
}

/** Medians, and the last optimum: all are alike. */
function summary(turns: readonly Turn[]): Turn {
  const of = (field: keyof Turn): number => median(turns.map((turn) => turn[field]));
  return { optimum: turns[turns.length - 1].optimum, seconds: of("seconds"), cold: of("cold"), peakBytes: of("peakBytes") };
}
