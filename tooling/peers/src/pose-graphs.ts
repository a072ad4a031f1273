// `pnpm bench:peers [graph ...] [--rounds 3] [--solves 5] [--policy mixed]`: public pose graphs, and graph files of one's own, solved by Ceres with a trust
// radius of 1e16 (Gauss-Newton) and with its own, and by `slam pgo`, in turns, on one thread. Prints a table and writes JSON to tooling/peers/results/. What
// is absent is skipped by name.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { buildNative, describeMachine, digits, median, pairedRatio, tableText, writeResults } from "@slam/bench";

interface Turn {
  readonly optimum: number;
  readonly seconds: number;
  /** The first solve. */
  readonly cold: number;
  /** Peak resident memory, above a process that does next to nothing. */
  readonly bytes: number;
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
const folder = join(process.env.SLAM_DATA ?? join(here, "../../../shared/data"), "pose-graphs");
const env = { ...process.env, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" };
const machine = describeMachine();
const ceres = buildNative(join(here, "ceres.cpp"), join(here, ".cache"), "ceres", [join(here, "build-ceres.sh"), "ceres.cpp"]);
if ("missing" in ceres) console.log(`skipped: Ceres: ${ceres.missing}`);
const idle = { ceres: "path" in ceres ? idleCeres(ceres.path) : 0, slam: idleNode() };

const figures = graphFiles().flatMap((file) => {
  const figure = compare(file);
  console.error(`${basename(file)} done`);
  return figure ?? [];
});
const head = ["graph", "chi2 Ceres", "chi2 slam", "Ceres ms", "of", "slam ms", "ratio", "cold ms", "cold bound", "Ceres MB", "slam MB"];
const rows = figures.map(({ graph, peers, slam, ratio }) => {
  const [fastest] = peers;
  return [
    graph,
    fastest?.optimum.toPrecision(9) ?? "",
    slam.optimum.toPrecision(9),
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
  `load ${machine.load.toFixed(2)} before, ${describeMachine().load.toFixed(2)} after; medians of ${values.rounds} turns of ${values.solves} solves;` +
    " Ceres in the faster of its settings; memory above an idle process",
);
console.log(
  writeResults(join(here, "results"), machine, {
    policy: values.policy,
    turns: Number(values.rounds),
    solves: Number(values.solves),
    idle,
    graphs: figures,
  }),
);

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

/** The settings of Ceres by their time, the fastest first. */
function compare(file: string) {
  const settings = { "1e16": [] as Turn[], "1e4": [] as Turn[] };
  const turns: Turn[] = [];
  try {
    for (let round = 0; round < Number(values.rounds); round++) {
      if ("path" in ceres) for (const [radius, its] of Object.entries(settings)) its.push(solveByCeres(ceres.path, file, radius));
      turns.push(solveBySlam(file));
    }
  } catch (error) {
    console.log(`skipped: ${basename(file)}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
    return undefined;
  }
  const peers = Object.entries(settings)
    .filter(([, its]) => its.length > 0)
    .map(([setting, its]) => ({ setting, ...summary(its), turns: its }))
    .sort((a, b) => a.seconds - b.seconds);
  const ratio = peers.length > 0 ? pairedRatio(seconds(turns), seconds(peers[0].turns)) : undefined;
  return { graph: basename(file, ".g2o"), peers: peers.map(({ turns: _, ...peer }) => peer), slam: summary(turns), ratio };
}

function solveByCeres(program: string, file: string, radius: string): Turn {
  const output = execFileSync(program, [file, "--radius", radius, "--rep", values.solves], { env, encoding: "utf8", maxBuffer: 1e8 });
  const { optimum, seconds, peakBytes } = JSON.parse(output);
  return { optimum, seconds: median(seconds), cold: seconds[0], bytes: peakBytes - idle.ceres };
}

/** Matrices that are indefinite as written are repaired, as Ceres' program does in its own way. */
function solveBySlam(file: string): Turn {
  const main = join(here, "../../apps/cli/dist/main.js");
  const args = [main, "pgo", file, "--policy", values.policy, "--repeat", values.solves, "--repair", "--quiet", "--json"];
  const { cost, seconds, memoryBytes } = JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8", maxBuffer: 1e8 }));
  return { optimum: cost.final, seconds: seconds.solve, cold: seconds.cold, bytes: memoryBytes - idle.slam };
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

function seconds(turns: readonly Turn[]): readonly number[] {
  return turns.map((turn) => turn.seconds);
}

/** Medians, and the last optimum: all are alike. */
function summary(turns: readonly Turn[]): Turn {
  const of = (field: keyof Turn): number => median(turns.map((turn) => turn[field]));
  return { optimum: turns[turns.length - 1].optimum, seconds: of("seconds"), cold: of("cold"), bytes: of("bytes") };
}
