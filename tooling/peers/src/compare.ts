import { execFileSync, spawnSync } from "node:child_process";
import { basename, join } from "node:path";
import { describeMachine, median, pairedRatio } from "@slam/bench";

interface Turn {
  readonly optimum: number;
  readonly termination: string;
  readonly seconds: number;
  /** The first solve. */
  readonly cold: number;
  /** Peak resident memory, above a process that does next to nothing. */
  readonly bytes: number;
}

/** What came of a graph. */
export interface GraphFigures {
  readonly graph: string;
  /** Of the last minute, when it began. */
  readonly load: number;
  /** The settings of Ceres by their time, the fastest first. */
  readonly peers: readonly (Turn & { readonly setting: string })[];
  readonly slam: Turn;
  /** Of our time over that of the fastest. */
  readonly ratio?: number;
}

export interface Contest {
  /** Ceres' program, where there is one. */
  readonly ceres: string | undefined;
  /** Memory of processes that do next to nothing. */
  readonly idle: { readonly ceres: number; readonly slam: number };
  readonly policy: string;
  readonly rounds: number;
  readonly solves: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Solves a graph by all in turns. @throws Error where one of them cannot. */
export function compare(file: string, contest: Contest): GraphFigures {
  const { load } = describeMachine();
  const settings = { "1e16": [] as Turn[], "1e4": [] as Turn[] };
  const turns: Turn[] = [];
  for (let round = 0; round < contest.rounds; round++) {
    for (const [radius, its] of Object.entries(settings)) {
      if (contest.ceres !== undefined) its.push(solveByCeres(contest.ceres, file, radius, contest));
    }
    turns.push(solveBySlam(file, contest));
  }
  const peers = Object.entries(settings)
    .filter(([, its]) => its.length > 0)
    .map(([setting, its]) => ({ setting, ...summary(its), turns: its }))
    .sort((a, b) => a.seconds - b.seconds);
  const ratio = peers.length > 0 && { ratio: pairedRatio(seconds(turns), seconds(peers[0].turns)) };
  return { graph: basename(file, ".g2o"), load, peers: peers.map(({ turns: _, ...peer }) => peer), slam: summary(turns), ...ratio };
}

function solveByCeres(program: string, file: string, radius: string, { solves, env, idle }: Contest): Turn {
  const output = execFileSync(program, [file, "--radius", radius, "--rep", solves], { env, encoding: "utf8", maxBuffer: 1e8 });
  const { optimum, termination, seconds, peakBytes } = JSON.parse(output);
  return { optimum, termination: termination.toLowerCase(), seconds: median(seconds), cold: seconds[0], bytes: peakBytes - idle.ceres };
}

/** Matrices that are indefinite as written are repaired, as Ceres' program does in its own way. Not to converge is an answer. */
function solveBySlam(file: string, { policy, solves, env, idle }: Contest): Turn {
  const main = join(import.meta.dirname, "../../../apps/cli/dist/main.js");
  const args = [main, "pgo", file, "--policy", policy, "--repeat", solves, "--quiet", "--json"];
  const run = (...repair: string[]) => spawnSync(process.execPath, [...args, ...repair], { env, encoding: "utf8", maxBuffer: 1e8 });
  const asWritten = run();
  // Bad input; to look for what may be repaired takes memory of its own.
  const { status, stdout, stderr } = asWritten.status === 3 ? run("--repair") : asWritten;
  if (status !== 0 && status !== 4) throw new Error(stderr.trim() || `slam pgo ended with ${status}`);
  const { cost, termination, seconds, memoryBytes } = JSON.parse(stdout);
  return { optimum: cost.final, termination, seconds: seconds.solve, cold: seconds.cold, bytes: memoryBytes - idle.slam };
}

function seconds(turns: readonly Turn[]): readonly number[] {
  return turns.map((turn) => turn.seconds);
}

/** Medians, and what the last ended at: all are alike. */
function summary(turns: readonly Turn[]): Turn {
  const of = (field: "seconds" | "cold" | "bytes"): number => median(turns.map((turn) => turn[field]));
  const { optimum, termination } = turns[turns.length - 1];
  return { optimum, termination, seconds: of("seconds"), cold: of("cold"), bytes: of("bytes") };
}
