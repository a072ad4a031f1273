// `pnpm bench:peers [graph ...] [--rounds 3] [--solves 5] [--policy mixed] [--resume]`: public pose graphs, and graph files of one's own, solved by Ceres with a trust
// radius of 1e16 (Gauss-Newton) and with its own, and by `slam pgo`, in turns, on one thread. Prints a table and writes JSON to tooling/peers/results/, after each graph: all of them take over
// half an hour. `--resume` goes on with what was written at this commit. What is absent is skipped by name.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { buildNative, describeMachine, digits, tableText, writeResults } from "@slam/bench";
import { type Contest, compare, type GraphFigures } from "./compare.ts";
import { doneBefore } from "./resume.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    solves: { type: "string", default: "5" },
    policy: { type: "string", default: "mixed" },
    resume: { type: "boolean", default: false },
  },
});
const here = join(import.meta.dirname, "..");
const results = join(here, "results");
const folder = join(process.env.SLAM_DATA ?? join(here, "../../../shared/data"), "pose-graphs");
const env = { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };
const machine = describeMachine();
const { policy, solves } = values;
const settings = { policy, turns: Number(values.rounds), solves: Number(solves) };
const figures: GraphFigures[] = values.resume ? [...doneBefore(results, machine.commit, settings)] : [];
const ceres = buildNative(join(here, "ceres.cpp"), join(here, ".cache"), "ceres", [join(here, "build-ceres.sh"), "ceres.cpp"]);
if ("missing" in ceres) console.log(`skipped: Ceres: ${ceres.missing}`);
const program = "path" in ceres ? ceres.path : undefined;
const idle = { ceres: program === undefined ? 0 : idleCeres(program), slam: idleNode() };
const contest: Contest = { ceres: program, idle, policy, rounds: settings.turns, solves, env };

let written = "nothing new";
for (const file of graphFiles()) {
  const name = basename(file, ".g2o");
  if (figures.some(({ graph }) => graph === name)) {
    console.error(`${name} done before`);
    continue;
  }
  try {
    figures.push(compare(file, contest));
  } catch (error) {
    console.log(`skipped: ${name}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
    continue;
  }
  written = writeResults(results, machine, { ...settings, idle, graphs: figures });
  console.error(`${name} done`);
}
const head = [
  "graph",
  "chi2 Ceres",
  "chi2 slam",
  "ended",
  "Ceres ms",
  "of",
  "slam ms",
  "ratio",
  "cold ms",
  "cold bound",
  "Ceres MB",
  "slam MB",
];
const rows = figures.map(({ graph, peers, slam, ratio }) => {
  const [fastest] = peers;
  return [
    graph,
    fastest?.optimum.toPrecision(9) ?? "",
    slam.optimum.toPrecision(9),
    slam.termination,
    digits(fastest && 1000 * fastest.seconds),
    fastest?.setting ?? "",
    digits(1000 * slam.seconds),
    digits(ratio),
    digits(1000 * slam.cold),
    digits(2000 * slam.seconds + 50),
    digits(fastest && fastest.bytes / 1e6),
    digits(slam.bytes / 1e6),
  ];
});
console.log(tableText(head, rows));
console.log(
  `load ${machine.load.toFixed(2)} before, ${describeMachine().load.toFixed(2)} after; medians of ${values.rounds} turns of ${solves} solves;` +
    " Ceres in the faster of its settings; memory above an idle process",
);
console.log(written);

function graphFiles(): readonly string[] {
  if (positionals.length > 0) return positionals.map((name) => (existsSync(name) ? name : join(folder, `${name}.g2o`))).filter(isThere);
  if (!isThere(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".g2o"));
  return names.map((name) => join(folder, name));
}

function isThere(file: string): boolean {
  if (!existsSync(file)) console.log(`skipped: there is no ${file}`);
  return existsSync(file);
}

/** Ceres' program on two poses. */
function idleCeres(program: string): number {
  const scratch = mkdtempSync(join(tmpdir(), "slam-peers-"));
  const file = join(scratch, "two.g2o");
  writeFileSync(file, "VERTEX_SE2 0 0 0 0\nVERTEX_SE2 1 1 0 0\nEDGE_SE2 0 1 1 0 0 1 0 0 1 0 1\n");
  try {
    return JSON.parse(execFileSync(program, [file, "--rep", "1"], { env, encoding: "utf8" })).peakBytes;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function idleNode(): number {
  return 1024 * Number(execFileSync(process.execPath, ["-p", "process.resourceUsage().maxRSS"], { env, encoding: "utf8" }));
}
