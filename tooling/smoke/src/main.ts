// Packs every public package and the program, installs the tarballs in a project outside the workspace and uses them there as a stranger would:
// type-checked with neither dom nor node types, run on the machine's own Node. Ends with "N passed, N failed, N skipped".
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPackages, root } from "@slam/house";
import { type Check, checkPackaging, checkSuite, checkTypes } from "./checks.ts";
import { layProject, outsideEnvironment, packAll } from "./project.ts";

const project = mkdtempSync(join(tmpdir(), "slam-smoke-"));
const manifests = [...readPackages("packages"), ...readPackages("apps")].map(({ manifest }) => manifest);
const published = manifests.filter((manifest) => !manifest.private);
const packed = packAll(root, published, project);
layProject(project, packed);
execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], {
  cwd: project,
  env: outsideEnvironment(),
  stdio: ["ignore", "ignore", "inherit"],
});

const checks: readonly Check[] = [...(await checkPackaging(packed)), checkTypes(root, project), checkSuite(project)];
for (const { name, passed, failed, complaint } of checks) {
  console.log(`${failed === 0 ? "ok" : "FAILED"} ${name}: ${passed} passed, ${failed} failed`);
  if (failed > 0) console.log(complaint);
}
const sum = (pick: (check: Check) => number): number => checks.reduce((total, check) => total + pick(check), 0);
const failed = sum((check) => check.failed);
if (failed === 0) rmSync(project, { recursive: true });
else console.log(`the project is left in ${project}`);
console.log(`${sum((check) => check.passed)} passed, ${failed} failed, ${sum((check) => check.skipped)} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
