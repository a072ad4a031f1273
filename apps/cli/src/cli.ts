import { DELTA_UNITS, PAIR_RELATIONS, POSE_RELATIONS } from "@slam/eval";
import { Argument, Command, Option } from "commander";
import { BENCH_PARTS, type BenchPart } from "./bench/bench-job.ts";
import type { ApeOptions } from "./commands/ape.ts";
import type { BaOptions } from "./commands/ba.ts";
import type { BenchOptions } from "./commands/bench.ts";
import type { ConvertOptions } from "./commands/convert.ts";
import type { GenerateOptions } from "./commands/generate.ts";
import type { InfoOptions } from "./commands/info.ts";
import type { LintOptions } from "./commands/lint.ts";
import type { OdometryCommandOptions } from "./commands/odometry.ts";
import type { PgoOptions } from "./commands/pgo.ts";
import type { ReproduceOptions } from "./commands/reproduce.ts";
import type { RpeOptions } from "./commands/rpe.ts";
import { EXIT } from "./failure.ts";
import { BUNDLE_LOSSES, LOSSES } from "./losses.ts";
import { fill, ids, integer, lossOf, number, positive, quantile, share, variables } from "./option-values.ts";
import { SCENES } from "./scenes.ts";
import { VERSION } from "./version.ts";
import { WORLDS } from "./worlds.ts";

/** Runs a command line, without the program's name. @returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.converged;
  const program = new Command("slam")
    .description("Pose graph optimisation and bundle adjustment in fp64, fp32, fp16 or any mixture of them.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, "slam:")) })
    .addHelpText("after", EXIT_CODES);
  const command = (usage: string, description: string, example: string): Command =>
    program.command(usage).description(description).addHelpText("after", `\nExample:\n  $ ${example}`);

  command(
    "pgo <graph>",
    "Optimise the pose graph in a g2o or TORO file.",
    "slam pgo sphere.g2o --policy mixed --out solved.g2o --report report.html",
  )
    .option("--policy <name>", "precision: fp64, fp32, mixed, half, naive or a FILE.json", "mixed")
    .addOption(
      choice("--method <name>", "lm is Gauss-Newton until a step is rejected, dogleg keeps to a trust region (default: lm)", [
        "gn",
        "lm",
        "dogleg",
      ]),
    )
    .addOption(
      choice("--linear <name>", "conjugate gradients, or a factorisation in fp64 or fp32 at each step", ["cgnr", "direct"]).default("cgnr"),
    )
    .addOption(choice("--preconditioner <name>", "of cgnr (default: ichol)", ["none", "jacobi", "ichol"]))
    .option("--fill <n>", "of the Cholesky factor: complete, or levels from 0, none (default: complete)", fill)
    .addOption(choice("--refresh <when>", "when the factor is made anew (default: adaptive)", ["static", "adaptive", "always"]))
    .option("--drop <tau>", "of the Cholesky factor: leave out blocks below so much of their column's norm (default: none)", number(0, 1))
    .option("--eta <x>", "forcing tolerance of the linear solves (default: 0.01)", number(0, 1))
    .addOption(
      choice(
        "--init <name>",
        "where poses start (default: file if its estimate fits; else chordal if there are loops, and at most one fixed pose or prior; odometry with a loss)",
        ["file", "odometry", "spanning-tree", "chordal", "random"],
      ),
    )
    .option("--seed <n>", "of --init random: the same seed gives the same start (default: 0)", integer(0, 2 ** 32 - 1))
    .addOption(
      choice("--cost <name>", "what is minimised and reported, by whose convention it is (default: g2o)", [
        "g2o",
        "ceres",
        "gtsam",
        "sesync",
      ]),
    )
    .option("--loss <name[:c]>", `robust loss: ${LOSSES.join(", ")}; C bounds the whitened norm (default: none)`, lossOf(LOSSES))
    .addOption(choice("--loss-on <edges>", "all, or the loops alone (default: all)", ["all", "loops"]))
    .option(
      "--pcm [q]",
      "first remove loops outside the largest set that agrees pairwise; Q is the chi-square test's quantile (default: 0.9999); --out lacks them, the report lists them",
      quantile,
    )
    .option("--costs", "report the result's cost in each of these conventions, too")
    .option("--fix <id,...>", "hold these poses and landmarks, besides those the file fixes", ids)
    .option("--repair", "first repair what `slam lint` finds in the file, in memory")
    .option("--ftol <x>", "end where a step lowers the cost by this much of itself (default: 1e-6)", number(0))
    .option(
      "--max-iterations <n>",
      "outer iterations (default: 50; 200 from a start other than chordal; 500 for gnc; 12 if every operation is rounded to 16 bits)",
      integer(0),
    )
    .option("--covariance <id,...>", "how well these poses are known: their covariances and standard deviations, in fp64", ids)
    .option(
      "--certify",
      "prove how far SE-Sync's cost is from its global optimum, from the result on; with --cost sesync that is the result",
    )
    .option("--truth <file>", "true poses, a trajectory with ids for times (or rows for ids) or a graph: adds the ATE")
    .option("--out <file>", "write the result: .g2o, .graph or .tum; packed if .gz follows")
    .addOption(jsonOption())
    .option("--report <file>", "write a page with pictures, FILE.html")
    .option("--repeat <n>", "solve this many times; seconds are medians", integer(1), 1)
    .option("--quiet", "print warnings and errors only")
    .action(async (graph: string, options: PgoOptions) => {
      const { pgo } = await import("./commands/pgo.ts");
      code = await pgo(graph, options);
    });

  command(
    "ba <problem>",
    "Adjust a bundle: a BAL problem, a folder with a text model of COLMAP, or VO_stereo_factorsNN.txt with its poses and calibration beside it.",
    "slam ba problem.txt --policy mixed --out solved.txt",
  )
    .option("--policy <name>", "precision: fp64, fp32, mixed, half, naive or a FILE.json", "mixed")
    .addOption(
      choice(
        "--linear <name>",
        "conjugate gradients on J, or on the Schur complement with the points eliminated, or its factorisation; auto takes one of the last two, by structure",
        ["auto", "cgnr", "schur-cg", "schur-direct"],
      ).default("auto"),
    )
    .addOption(
      choice(
        "--preconditioner <name>",
        "the diagonal blocks of J'J, or of schur-cg those of the Schur complement (default: schur-jacobi of schur-cg, jacobi of cgnr)",
        ["jacobi", "schur-jacobi"],
      ),
    )
    .addOption(choice("--method <name>", "Levenberg-Marquardt, or a trust region with Powell's dogleg (default: lm)", ["lm", "dogleg"]))
    .addOption(
      choice(
        "--landmarks <name>",
        "what a step adds to: positions, or 1/depth and what is beside it in the frame of a camera, for points far away (default: position)",
        ["position", "inverse-depth"],
      ),
    )
    .addOption(
      choice(
        "--forcing <name>",
        "what --eta bounds, of cgnr and schur-cg: the residual, or by the Q-test what a step wins (default: residual)",
        ["residual", "quadratic"],
      ),
    )
    .option(
      "--loss <name[:c]>",
      `robust loss on each observation: ${BUNDLE_LOSSES.join(", ")}; C bounds the residual in pixels (default: none; C that 99 of 100 honest ones are within, of deviation 1)`,
      lossOf(BUNDLE_LOSSES),
    )
    .option("--fix <id,...>", "hold the poses of these cameras, in COLMAP images (default: none, the gauge is the damping's to keep)", ids)
    .option("--fix-intrinsics", "hold all intrinsics; those of a stereo problem are always held")
    .option("--eta <x>", "forcing tolerance of the linear solves (default: 0.01)", number(0, 1))
    .option("--ftol <x>", "end where a step lowers the cost by this much of itself (default: 1e-7)", number(0))
    .option(
      "--window <n>",
      "instead solve cameras in their order, as odometry would: the last n are adjusted, the rest is a prior; of one set of intrinsics, held (default --ftol 1e-4, --max-iterations 50)",
      integer(2),
    )
    .option("--time-budget <ms>", "end after so many milliseconds, of --window for each camera, with the best so far", number(0))
    .option(
      "--covariance <cam:id,point:id,...>",
      "how well these cameras and points are known: their covariances and standard deviations, in fp64; --fix must hold the gauge",
      variables,
    )
    .option("--max-iterations <n>", "outer iterations (default: 100)", integer(0))
    .option("--out <file>", "write the result in the format of the input: a file, packed if .gz follows, or for COLMAP a folder")
    .option("--ply <file>", "write points and cameras for a viewer, FILE.ply")
    .addOption(jsonOption())
    .option("--report <file>", "write a page with pictures, FILE.html")
    .option("--repeat <n>", "solve this many times; seconds are medians", integer(1), 1)
    .option("--quiet", "print warnings and errors only")
    .action(async (problem: string, options: BaOptions) => {
      const { ba } = await import("./commands/ba.ts");
      code = await ba(problem, options);
    });

  command(
    "odometry [input]",
    "Say where a camera has been, loops closed: by the stereo features of VO_stereo_factorsNN.txt, or those that a simulated camera sees along a trajectory or in a world.",
    "slam odometry --world apartment --loops descriptors --out patrol",
  )
    .addOption(choice("--world <name>", "simulate a drive instead of reading an input", ["apartment"]))
    .option("--rate <hz>", "key frames a second (default: 10 of a simulated camera, every frame of a file)", positive)
    .option("--window <n>", "key frames in the window", integer(2), 10)
    .addOption(
      choice(
        "--linear <name>",
        "of the window: conjugate gradients on J or on the Schur complement, in the policy's formats; or its factor, in fp64",
        ["cgnr", "schur-cg", "schur-dense"],
      ).default("cgnr"),
    )
    .addOption(
      new Option("--ftol <x>", "end the solve of a window where a step lowers the cost by this much of itself")
        .argParser(number(0))
        .default(1e-4, "1e-4"),
    )
    .option("--max-iterations <n>", "outer iterations of a window's solve", integer(0), 10)
    .option("--time-budget <ms>", "end the solve of each key frame's window after so many milliseconds, with the best so far", number(0))
    .addOption(
      choice(
        "--loops <name>",
        "how places are recognised: by the truth, or by what landmarks look like (default: descriptors where there are any)",
        ["none", "oracle", "descriptors"],
      ),
    )
    .option("--truth <file>", "true poses of stereo features, TUM, KITTI (rows are frames) or EuRoC: adds the ATE")
    .option("--policy <name>", "precision: fp64, fp32, mixed, half, naive or a FILE.json", "mixed")
    .option("--seed <n>", "of the simulation, and of the samples that measure loops", integer(0, 2 ** 32 - 1), 0)
    .option("--out <dir>", "write trajectory.tum, trajectory.kitti, graph.g2o and map.ply into this folder")
    .addOption(jsonOption())
    .option("--report <file>", "write a page with pictures, FILE.html")
    .option("--repeat <n>", "drive this many times; seconds are medians", integer(1), 1)
    .option("--quiet", "print warnings and errors only")
    .action(async (input: string | undefined, options: OdometryCommandOptions) => {
      const { odometry } = await import("./commands/odometry.ts");
      code = await odometry(input, options);
    });

  command(
    "info <file...>",
    "Say what files of pose graphs, bundles and trajectories hold, and what of a graph fp16 has no room for.",
    "slam info sphere.g2o",
  )
    .addOption(jsonOption())
    .option("--quiet", "print warnings and errors only")
    .action(async (files: string[], options: InfoOptions) => {
      const { info } = await import("./commands/info.ts");
      code = await info(files, options);
    });

  command(
    "lint <file>",
    "Find what stops or misleads solvers in a pose graph file, by line, and repair it.",
    "slam lint sphere.g2o --repair --out repaired.g2o",
  )
    .option("--repair", "write the file repaired; lines in order stay as they are, byte for byte, and none is lost")
    .option("--out <file>", "the repaired file, in the format of the input; packed if .gz follows")
    .addOption(jsonOption())
    .option("--quiet", "print warnings and errors only")
    .addHelpText("after", LINT_CODES)
    .action(async (file: string, options: LintOptions) => {
      const { lint } = await import("./commands/lint.ts");
      code = await lint(file, options);
    });

  command(
    "convert <in> <out>",
    "Write a pose graph or a trajectory in another format: .g2o, .graph (TORO), .tum, .kitti, .csv (EuRoC), .ply (positions), or these and .gz; or a bundle in its own, as .ply, or from COLMAP as BAL.",
    "slam convert sphere.g2o sphere.graph.gz",
  )
    .option("--quiet", "print warnings and errors only")
    .action(async (file: string, target: string, options: ConvertOptions) => {
      const { convert } = await import("./commands/convert.ts");
      code = await convert(file, target, options);
    });

  command(
    "generate",
    "Make a pose graph or a bundle whose answer is known, or add false loops to a graph.",
    "slam generate sphere --poses 200 --seed 7 --out sphere.g2o --truth truth.tum",
  )
    .argument(
      "<world|graph>",
      `a graph by its shape: ${Object.keys(WORLDS).join(", ")}; a bundle by its scene: ${Object.keys(SCENES).join(", ")}; or a graph's file, to which --outliers adds`,
    )
    .requiredOption(
      "--out <file>",
      "a graph: .g2o or .graph; photos and orbit: BAL, .txt; street and apartment: VO_stereo_factors....txt, with poses and calibration beside it; packed if .gz follows",
    )
    .option("--truth <file>", "write the true poses too, FILE.tum")
    .option("--poses <n>", "how many (default: the world's own; 100 cameras)", integer(1))
    .option("--loops <n>", "of a graph: at most so many loop closures (default: the world's own)", integer(0))
    .option(
      "--points <n>",
      "of a bundle: how many, of street and apartment in all of it, seen or not (default: 50 for each camera, 25 for each metre of street, 5000 in an apartment)",
      integer(1),
    )
    .option("--noise <x>", "factor on the world's standard deviations; a bundle's pixels have 0.5 (default: 1)", number(0))
    .option(
      "--scale-drift <s>",
      "as one camera sees a world in space: poses with a scale, whose logarithm drifts by this much a step (default: no scale)",
      positive,
    )
    .option(
      "--outliers <p>",
      "false loops for each true one, behind all other edges; of a bundle the share of false measurements (default: 0)",
      number(0),
    )
    .option("--seed <n>", "the same seed gives the same file (default: 0)", integer(0))
    .option("--quiet", "print warnings and errors only")
    .action(async (world: string, options: GenerateOptions) => {
      const { generate } = await import("./commands/generate.ts");
      code = await generate(world, options);
    });

  addTrajectoryFlags(
    command(
      "ape <ref> <est>",
      "Say how far a trajectory is from its reference, as evo_ape does: TUM, KITTI or EuRoC, told by content.",
      "slam ape truth.tum estimate.tum --align",
    ).addOption(choice("--pose_relation <name>", "what of the error of a pose counts", POSE_RELATIONS).default("trans_part")),
  ).action(async (reference: string, estimate: string, options: ApeOptions) => {
    const { ape } = await import("./commands/ape.ts");
    code = await ape(reference, estimate, options);
  });

  addTrajectoryFlags(
    command(
      "rpe <ref> <est>",
      "Say how far a trajectory's motions are from its reference's, as evo_rpe does: TUM, KITTI or EuRoC, told by content.",
      "slam rpe truth.tum estimate.tum --delta 1 --delta_unit m",
    )
      .addOption(choice("--pose_relation <name>", "what of the error of a motion counts", PAIR_RELATIONS).default("trans_part"))
      .option("--delta <x>", "how far apart the poses of a pair are", number(0), 1)
      .addOption(choice("--delta_unit <name>", "of delta: frames, metres of path, degrees or radians of turn", DELTA_UNITS).default("f"))
      .option("--all_pairs", "pairs that overlap: from each pose those delta apart, to a tenth; else from the end of the last one"),
  ).action(async (reference: string, estimate: string, options: RpeOptions) => {
    const { rpe } = await import("./commands/rpe.ts");
    code = await rpe(reference, estimate, options);
  });

  command(
    "reproduce",
    "Run the published experiments on simulated and public motions, with a page of tables and pictures; the same command goes on where it was stopped.",
    "slam reproduce --quick --out experiments",
  )
    .option("--quick", "a few of the runs: minutes instead of an hour or more")
    .option("--out <folder>", "keeps the runs, findings.json and report.html", "slam-reproduce")
    .option("--workers <n>", "threads; all find the same (default: one for each core)", integer(1))
    .option("--data <folder>", "public data, of which the recorded motions come (default: $SLAM_DATA or ../shared/data)")
    .option("--share <x>", "run this share of each experiment's runs, at least one", share, 1)
    .option("--seed <n>", "the same seed gives the same findings", integer(0, 2 ** 31), 0)
    .option("--quiet", "print warnings and errors only")
    .action(async (options: ReproduceOptions) => {
      const { reproduce } = await import("./commands/reproduce.ts");
      code = await reproduce(options);
    });

  command(
    "bench",
    "Say how long this machine takes in fp64, fp32 and 16 bits, as ratios to fp32: kernels, pose graphs and bundles, which it makes itself; about a minute.",
    "slam bench kernels --repeat 3",
  )
    .addArgument(new Argument("[part]", "one of its parts (default: all)").choices(BENCH_PARTS))
    .option("--repeat <n>", "turns of each contest, after one that does not count; figures are medians", integer(1), 7)
    .addOption(jsonOption())
    .option("--quiet", "print warnings and errors only")
    .action(async (part: BenchPart | undefined, options: BenchOptions) => {
      const { bench } = await import("./commands/bench.ts");
      code = await bench(part, options);
    });

  await program.parseAsync(argv, { from: "user" });
  return code;
}

const EXIT_CODES = `
Exit codes: 0 converged or done, 1 a bug of ours, 2 usage, 3 a file is bad or cannot be read or written,
4 ran but did not converge (the result is written), 130 interrupted (the best so far is written).`;

const LINT_CODES = `
Exit codes: 0 no errors, or all of them repaired; 3 errors are left, or the file cannot be read or written.
Warnings and notes do not count: solvers take such files.`;

/** Those that `ape` and `rpe` share. */
function addTrajectoryFlags(command: Command): Command {
  return command
    .option("--align", "first move the estimate as a whole to where it fits best")
    .option("--correct_scale", "and scale it so; without --align, that alone")
    .option("--align_origin", "then move it so that the first poses coincide")
    .option("--t_max_diff <s>", "poses at most so many seconds apart are a pair", number(0), 0.01)
    .option("--out <file>", "write the error of each pair, FILE.csv; packed if .gz follows")
    .addOption(jsonOption())
    .option("--report <file>", "write a page with pictures, FILE.html")
    .option("--quiet", "print warnings and errors only");
}

function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

function jsonOption(): Option {
  return new Option("--json [file]", "write the report as JSON; to stdout, and nothing else there, if no file is named");
}
