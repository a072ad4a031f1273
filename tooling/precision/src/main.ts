// `pnpm bench:pgo-precision [--sizes 1000,10000,100000] [--worlds manhattan,sphere] [--rounds 3] [--rounded-up-to 1000] [--public no] [--out FOLDER]`: public
// pose graphs and generated worlds solved by `slam pgo` in each policy, with a static preconditioner, as published, and an adaptive one; each solve in a
// process of its own, policies in turns. Prints a table, writes JSON to tooling/precision/results/ (or FOLDER) and a page with plots beside it.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine, digits, tableText, writeResults } from "@slam/bench";
import { type Case, type Figures, figuresOf, type SolveJson } from "./figures.ts";
import { precisionPage } from "./precision-page.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,10000,100000" },
    worlds: { type: "string", default: "manhattan,sphere" },
    rounds: { type: "string", default: "3" },
    "rounded-up-to": { type: "string", default: "1000" },
    public: { type: "string", default: "yes" },
    out: { type: "string" },
  },
});
/** Worlds in space fill in faster: what is asked of size is asked of those in the plane. */
const LARGEST = { manhattan: Infinity, ring: Infinity } as Readonly<Record<string, number>>;
const LARGEST_IN_SPACE = 100_000;
const here = join(import.meta.dirname, "..");
const slam = join(here, "../../apps/cli/dist/main.js");
const folder = join(process.env.SLAM_DATA ?? join(here, "../../../shared/data"), "pose-graphs");
const env = { ...process.env, OMP_NUM_THREADS: "1" };
const machine = describeMachine();
const scratch = mkdtempSync(join(tmpdir(), "slam-precision-"));
const figures: Figures[] = [];
try {
  for (const graph of [...publicGraphs(), ...generatedWorlds()]) {
    figures.push(...solveAll(graph));
    console.error(`${graph.name} done`);
    if (graph.isScratch) for (const file of [graph.file, graph.truth]) if (file !== undefined) rmSync(file);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
const head = [
  "graph",
  "poses",
  "policy",
  "refresh",
  "solve s",
  "linear s",
  "of fp32",
  "precond. %",
  "CG",
  "cost above fp64",
  "ATE m",
  "ended",
];
const rows = figures.map((f) => [
  f.graph,
  `${f.poses}`,
  f.policy,
  f.refresh,
  digits(f.solve),
  digits(f.linearSolve),
  digits(f.ofSingle),
  digits(100 * f.preconditionShare),
  `${f.cgIterations}`,
  f.costAbove === undefined ? "" : f.costAbove.toExponential(1),
  f.ate === undefined ? "" : f.ate.toPrecision(6),
  f.termination,
]);
console.log(tableText(head, rows));
console.log(`load ${machine.load.toFixed(2)} before, ${describeMachine().load.toFixed(2)} after; medians of ${values.rounds} turns`);
const json = writeResults(values.out ?? join(here, "results"), machine, { rounds: Number(values.rounds), figures });
const page = json.replace(/\.json$/, ".html");
writeFileSync(page, await precisionPage(machine, figures));
console.log(`${json}\n${page}`);

interface Graph {
  readonly name: string;
  readonly file: string;
  readonly truth?: string;
  readonly poses?: number;
  readonly isScratch?: boolean;
}

function publicGraphs(): readonly Graph[] {
  if (values.public === "no") return [];
  if (!existsSync(folder)) {
    console.log(`skipped: public graphs: there is no ${folder}`);
    return [];
  }
  const names = readdirSync(folder).filter((name) => name.endsWith(".g2o"));
  return names.map((name) => ({ name: basename(name, ".g2o"), file: join(folder, name) }));
}

function* generatedWorlds(): Generator<Graph> {
  for (const world of values.worlds.split(",").filter((name) => name !== "")) {
    for (const poses of values.sizes.split(",").map(Number)) {
      if (poses > (LARGEST[world] ?? LARGEST_IN_SPACE)) continue;
      const name = `${world} ${poses}`;
      const [file, truth] = [join(scratch, `${world}-${poses}.g2o`), join(scratch, `${world}-${poses}.tum`)];
      // Two edges for each pose in the plane, as asked of the largest; in space what the world has.
      const loops = world === "manhattan" ? ["--loops", `${poses + 1}`] : [];
      execFileSync(process.execPath, [
        slam,
        "generate",
        world,
        "--poses",
        `${poses}`,
        ...loops,
        "--out",
        file,
        "--truth",
        truth,
        "--quiet",
      ]);
      yield { name, file, truth, poses, isScratch: true };
    }
  }
}

/** Every policy that is asked for, in turns; those that round each operation once, and only on what is small. */
function solveAll({ name, file, truth, poses }: Graph): readonly Figures[] {
  const rounded = poses === undefined ? false : poses <= Number(values["rounded-up-to"]);
  const cases: Case[] = ["static", "adaptive"].flatMap((refresh) =>
    ["fp64", "fp32", "mixed", ...(rounded ? ["half", "naive"] : [])].map((policy) => ({ policy, refresh, runs: [] as SolveJson[] })),
  );
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { policy, refresh, runs } of cases) {
      if (round > 0 && (policy === "half" || policy === "naive")) continue;
      runs.push(solveOnce(file, ["--policy", policy, "--refresh", refresh, ...(truth === undefined ? [] : ["--truth", truth])]));
    }
  }
  return figuresOf(name, cases);
}

/** Not to converge is an answer: its report is there all the same. */
function solveOnce(file: string, flags: readonly string[]): SolveJson {
  const report = join(scratch, "report.json");
  try {
    execFileSync(process.execPath, [slam, "pgo", file, ...flags, "--repair", "--quiet", "--json", report], { env, stdio: "pipe" });
  } catch (error) {
    if ((error as { status?: number }).status !== 4) throw error;
  }
  return JSON.parse(readFileSync(report, "utf8"));
}
