import { readFileSync } from "node:fs";
import { join } from "node:path";
import { costOf, readG2o } from "@slam/pgo";
import { expect, test } from "vitest";
import { isProof, type ProofReport } from "../src/certificate.ts";
import type { PgoReport } from "../src/report.ts";
import { lay, SQUARE } from "./graphs.ts";
import { parseReport } from "./parse-report.ts";
import { slam, temporaryFolder } from "./slam.ts";

function proofOf({ certificate }: PgoReport): ProofReport {
  if (certificate === undefined || !isProof(certificate)) throw new Error("no proof");
  return certificate;
}

test("under SE-Sync's cost the poses written are the certified ones", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "square.g2o": SQUARE });

  const { code, stdout } = await slam(
    ...[folder, "pgo", "square.g2o", "--cost", "sesync", "--certify"],
    ...["--out", "out.g2o", "--json", "report.json", "--report", "page.html"],
  );

  const report = parseReport(readFileSync(join(folder, "report.json"), "utf8"));
  const { certified, ofResult, cost, gap, rank, convention } = proofOf(report);
  const { graph } = readG2o(readFileSync(join(folder, "out.g2o")), "out.g2o");
  expect([code, certified, ofResult, rank]).toEqual([0, true, true, 2]);
  expect(convention).toBe(report.cost.convention);
  expect(report.cost.final).toBe(cost);
  expect(Math.abs(costOf(graph, "sesync") / cost - 1)).toBeLessThan(1e-12);
  expect(gap).toBeLessThanOrEqual(1e-5 * cost);
  expect(stdout).toMatch(/^optimum {3}globally optimal within \S+ of the cost: \d/m);
  expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("globally optimal within");
});

test("under another cost the result stays as it is, and the certificate says that it is not of it", async (context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "square.g2o": SQUARE });

  const plain = parseReport((await slam(folder, "pgo", "square.g2o", "--json", "--quiet", "--out", "plain.g2o")).stdout);
  const { stdout, stderr } = await slam(folder, "pgo", "square.g2o", "--certify", "--json", "--out", "out.g2o");

  const report = parseReport(stdout);
  const { ofResult, certified, convention } = proofOf(report);
  expect([ofResult, certified]).toEqual([false, true]);
  expect(convention).toMatch(/^SE-Sync F/);
  expect(report.cost).toEqual(plain.cost);
  expect(readFileSync(join(folder, "out.g2o"))).toEqual(readFileSync(join(folder, "plain.g2o")));
  expect(stderr).toMatch(/^optimum .* for poses refined under SE-Sync F = .*, not those written: /m);
});

test("from random poses, where the solve is not at its end, it finds the optimum: exit code 0", async (context) => {
  const folder = temporaryFolder(context);
  await slam(folder, "generate", "ring", "--poses", "60", "--out", "ring.g2o");
  const flags = ["--cost", "sesync", "--certify", "--json", "--quiet"];

  const good = await slam(folder, "pgo", "ring.g2o", ...flags);
  const bad = await slam(folder, "pgo", "ring.g2o", "--init", "random", "--max-iterations", "1", ...flags);

  const [expected, found] = [proofOf(parseReport(good.stdout)), proofOf(parseReport(bad.stdout))];
  expect([bad.code, found.certified, found.stairs.length > 1]).toEqual([0, true, true]);
  expect(parseReport(bad.stdout).termination).toBe("max-iterations");
  expect(Math.abs(found.cost / expected.cost - 1)).toBeLessThan(1e-9);
});

test.for([
  { what: "landmarks", text: `${SQUARE}EDGE_SE2_XY 0 9 1 1 4 0 4\n`, flags: [], reason: /landmarks, priors or other measurements/ },
  { what: "a loss", text: SQUARE, flags: ["--loss", "huber"], reason: /a cost without a loss/ },
  { what: "two poses held", text: SQUARE, flags: ["--fix", "0,2"], reason: /2 poses are held/ },
])("$what: refused with the reason; the exit code stays the solve's", async ({ text, flags, reason }, context) => {
  const folder = temporaryFolder(context);
  lay(folder, { "graph.g2o": text });

  const { code, stdout, stderr } = await slam(folder, "pgo", "graph.g2o", "--certify", "--json", "--quiet", ...flags);

  const { certificate, termination } = parseReport(stdout);
  expect([termination, code]).toEqual(["converged", 0]);
  expect(certificate).toEqual({ refused: expect.stringMatching(reason) });
  expect(stderr).toMatch(reason);
  expect(stderr).toMatch(/^slam: graph\.g2o: no certificate: /m);
});
