import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { balText } from "./bundles.ts";
import { lay, SQUARE, SQUARE_TRUTH } from "./graphs.ts";
import { slam, temporaryFolder } from "./slam.ts";

describe.concurrent("a usage error exits 2, says what is wrong in one line and writes nothing", () => {
  test.for<readonly [name: string, args: readonly string[], message: string]>([
    ["an unknown command", ["frobnicate"], "unknown command 'frobnicate'"],
    ["an unknown flag", ["pgo", "square.g2o", "--polcy", "half"], "unknown option '--polcy'"],
    ["a missing operand", ["pgo"], "missing required argument 'graph'"],
    ["a choice that is none", ["pgo", "square.g2o", "--method", "newton"], "Allowed choices are gn, lm, dogleg"],
    ["a cost that is none", ["pgo", "square.g2o", "--cost", "chi2"], "Allowed choices are g2o, ceres, gtsam, sesync"],
    ["a number out of range", ["pgo", "square.g2o", "--eta", "3"], "Allowed is a number in 0 ... 1"],
    ["a number that is none", ["pgo", "square.g2o", "--ftol", "small"], "Allowed is a finite number >= 0"],
    ["a count that is none", ["pgo", "square.g2o", "--repeat", "0"], "Allowed is an integer >= 1"],
    ["a fill that does not work", ["pgo", "square.g2o", "--fill", "-2"], "Allowed is an integer >= 0"],
    ["ids that are none", ["pgo", "square.g2o", "--fix", "0,first"], "Allowed are ids"],
    ["an id the graph does not have", ["pgo", "square.g2o", "--fix", "0,9"], "--fix 9: the graph has no pose of this id"],
    [
      "covariance of a pose that is not there",
      ["pgo", "square.g2o", "--covariance", "1,9"],
      "--covariance 9: the graph has no pose of this id",
    ],
    ["covariance of no ids", ["pgo", "square.g2o", "--covariance", "last"], "Allowed are ids"],
    ["an unknown policy", ["pgo", "square.g2o", "--policy", "quarter"], 'policy.preset is "quarter", expected one of fp64'],
    ["a policy file that is not there", ["pgo", "square.g2o", "--policy", "none.json"], "none.json"],
    ["a policy file that is no JSON", ["pgo", "square.g2o", "--policy", "broken.json"], "--policy broken.json: "],
    ["a policy with an unknown operation", ["pgo", "square.g2o", "--policy", "field.json"], "matvecs"],
    ["a policy with an unknown format", ["pgo", "square.g2o", "--policy", "format.json"], 'policy.matvec is "fp17"'],
    ["a result in no known format", ["pgo", "square.g2o", "--out", "result.txt"], "result.txt: the name of a result ends in .g2o"],
    ["two results of one name", ["pgo", "square.g2o", "--json", "a.json", "--report", "a.json"], "a.json is named for two results"],
    ["an operand behind --json", ["info", "--json", "square.g2o", "square.g2o"], "--json square.g2o: the report's name ends in .json"],
    ["fill without a factor", ["pgo", "square.g2o", "--fill", "0", "--preconditioner", "jacobi"], "--fill goes with"],
    ["refresh of nothing", ["pgo", "square.g2o", "--refresh", "always", "--preconditioner", "none"], "--refresh goes with"],
    [
      "a preconditioner of a direct solver",
      ["pgo", "square.g2o", "--linear", "direct", "--preconditioner", "ichol"],
      "--preconditioner goes with",
    ],
    ["fill by level and by size", ["pgo", "square.g2o", "--fill", "1", "--drop", "0.1"], "give one of them"],
    ["fill of a direct solver", ["pgo", "square.g2o", "--linear", "direct", "--fill", "0"], "--fill goes with --linear cgnr"],
    ["a direct solver in 16 bits", ["pgo", "square.g2o", "--linear", "direct", "--policy", "half"], "--policy half does it in fp16"],
    ["a repair without a name for it", ["lint", "square.g2o", "--repair"], "--repair writes the repaired file to --out FILE"],
    ["a repaired file without a repair", ["lint", "square.g2o", "--out", "a.g2o"], "give --repair too"],
    ["a repaired file of another format", ["lint", "square.g2o", "--repair", "--out", "a.graph"], "a.graph: is written in the format of"],
    ["a seed of no random start", ["pgo", "square.g2o", "--seed", "1"], "--seed goes with --init random"],
    [
      "a seed of too many bits",
      ["pgo", "square.g2o", "--init", "random", "--seed", "4294967296"],
      "Allowed is an integer in 0 ... 4294967295",
    ],
    ["an unknown loss", ["pgo", "square.g2o", "--loss", "fair"], "Allowed are none, huber, cauchy"],
    ["a loss with a C that is none", ["pgo", "square.g2o", "--loss", "huber:-1"], "Allowed is a finite number"],
    ["a loss with a C of zero", ["pgo", "square.g2o", "--loss", "huber:0"], "Allowed is a C > 0"],
    ["a C of no loss", ["pgo", "square.g2o", "--loss", "none:3"], "No loss has no C"],
    ["edges of no loss", ["pgo", "square.g2o", "--loss-on", "loops"], "--loss-on goes with a --loss, not with none"],
    ["a quantile that nothing is beyond", ["pgo", "square.g2o", "--pcm", "1"], "Allowed is a quantile above 0 and below 1"],
    ["an operand behind --pcm", ["pgo", "--pcm", "square.g2o"], "option '--pcm [q]' argument 'square.g2o' is invalid"],
    [
      "a preconditioner where none is used",
      ["ba", "problem.txt", "--preconditioner", "jacobi"],
      "--preconditioner jacobi goes with --linear cgnr or schur-cg, not auto",
    ],
    [
      "blocks of a complement that is not there",
      ["ba", "problem.txt", "--linear", "cgnr", "--preconditioner", "schur-jacobi"],
      "--preconditioner schur-jacobi goes with --linear schur-cg, not cgnr",
    ],
    [
      "forcing where nothing iterates, perhaps",
      ["ba", "problem.txt", "--forcing", "quadratic"],
      "--forcing goes with --linear cgnr or schur-cg, not auto",
    ],
    ["landmarks that are none", ["ba", "problem.txt", "--landmarks", "depth"], "Allowed choices are position, inverse-depth"],
    ["a loss that bundles do not have", ["ba", "problem.txt", "--loss", "tukey"], "Allowed are none, huber, cauchy, soft-l1"],
    ["a solver that is none", ["ba", "problem.txt", "--linear", "direct"], "Allowed choices are auto, cgnr, schur-cg"],
    [
      "a camera the bundle does not have",
      ["ba", "problem.txt", "--fix", "0,3"],
      "--fix 3: the problem has no camera of this id; its ids are 0 ... 2",
    ],
    [
      "a bundle in another format",
      ["ba", "problem.txt", "--out", "a.g2o"],
      "a.g2o: problem.txt is BAL, and the name of a BAL problem ends in .txt",
    ],
    [
      "a stereo problem's result of another name",
      ["ba", "VO_stereo_factors7.txt", "--out", "a.txt"],
      "a.txt: VO_stereo_factors7.txt is stereo, and the name",
    ],
    ["points in no known format", ["ba", "problem.txt", "--ply", "a.obj"], "a.obj: the name of points and cameras ends in .ply"],
    ["a bundle as a graph", ["convert", "problem.txt", "a.g2o"], "a.g2o: problem.txt is BAL"],
    ["a result in bzip2", ["convert", "square.g2o", "a.g2o.bz2"], "a.g2o.bz2: bzip2 is read, not written"],
    ["an unknown world", ["generate", "moon", "--out", "moon.g2o"], "moon is neither a file's name nor a world: these are sphere"],
    [
      "a word of JavaScript's for a world",
      ["generate", "constructor", "--out", "a.g2o"],
      "constructor is neither a file's name nor a world",
    ],
    ["a trajectory as a graph", ["convert", "truth.txt", "a.g2o"], "a.g2o: truth.txt is a trajectory, whose name ends in .tum"],
    ["nothing to add to a graph", ["generate", "square.g2o", "--out", "a.g2o"], "square.g2o: there is nothing to add without --outliers"],
    [
      "a world's flag with a graph",
      ["generate", "square.g2o", "--outliers", "1", "--poses", "9", "--out", "a.g2o"],
      "--poses goes with a world, not with the graph in square.g2o",
    ],
    ["a share below 0", ["generate", "ring", "--outliers", "-1", "--out", "a.g2o"], "Allowed is a finite number >= 0"],
    ["a world without a name for it", ["generate", "sphere"], "required option '--out <file>' not specified"],
    [
      "truth in no known format",
      ["generate", "ring", "--out", "a.g2o", "--truth", "a.txt"],
      "--truth a.txt: the name of true poses ends in .tum",
    ],
    [
      "a scene in another format",
      ["generate", "orbit", "--out", "a.g2o"],
      "a.g2o: orbit is BAL, and the name of a BAL problem ends in .txt",
    ],
    [
      "BAL by a stereo problem's name",
      ["generate", "photos", "--out", "VO_stereo_factors1.txt"],
      "photos is BAL, and that name says stereo",
    ],
    [
      "a stereo scene in another format",
      ["generate", "street", "--out", "a.txt"],
      "a.txt: street is stereo, and the name of a stereo problem is VO_stereo_factors....txt",
    ],
    [
      "loops in a scene",
      ["generate", "orbit", "--loops", "1", "--out", "a.txt"],
      "--loops goes with a pose graph, not with the bundle of orbit",
    ],
    [
      "points in a graph",
      ["generate", "ring", "--points", "9", "--out", "a.g2o"],
      "--points goes with a scene for bundle adjustment: orbit",
    ],
    ["a scene too small", ["generate", "photos", "--poses", "4", "--out", "a.txt"], "poses is 4"],
    ["more false measurements than there are", ["generate", "orbit", "--outliers", "1.5", "--out", "a.txt"], "outliers is 1.5"],
    ["a world too small", ["generate", "sphere", "--poses", "2", "--out", "tiny.g2o"], "poses is 2"],
  ])("%s", async ([, args, message], context) => {
    const folder = temporaryFolder(context);
    lay(folder, {
      "problem.txt": balText(0.1),
      "square.g2o": SQUARE,
      "truth.txt": SQUARE_TRUTH,
      "broken.json": "{",
      "field.json": '{ "matvecs": "fp16" }',
      "format.json": '{ "matvec": "fp17" }',
    });
    const before = readdirSync(folder);

    const { code, stdout, stderr } = await slam(folder, ...args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^slam: /);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
    expect(readdirSync(folder)).toEqual(before);
  });
});

test("--version prints the version", async (context) => {
  expect(await slam(temporaryFolder(context), "--version")).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
});

test("the example in the help of each command but the long ones runs", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "problem.txt": balText(0.1) });

  for (const command of ["ba", "generate", "info", "lint", "convert", "pgo", "ape", "rpe"]) {
    if (command === "ape") await slam(folder, "convert", "solved.g2o", "estimate.tum");
    const help = await slam(folder, command, "--help");
    const example = /^ {2}\$ slam (.+)$/m.exec(help.stdout)?.[1];

    expect(help.code).toBe(0);
    expect(example).toMatch(new RegExp(`^${command} `));
    expect((await slam(folder, ...example!.split(" "))).code).toBe(0);
  }

  expect(readdirSync(folder).sort()).toEqual([
    "estimate.tum",
    "problem.txt",
    "repaired.g2o",
    "report.html",
    "solved.g2o",
    "solved.txt",
    "sphere.g2o",
    "sphere.graph.gz",
    "truth.tum",
  ]);
});
