import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bitHashes } from "../src/hashes.ts";
import { type Browser, browse, chromium, firefox } from "./browser.ts";
import { bundleHashes } from "./bundle.ts";
import { type Hashes, servePage } from "./page-server.ts";

const expected = bitHashes();
const folder = mkdtempSync(join(tmpdir(), "slam-same-bits-"));
let bundle: string;

beforeAll(async () => {
  bundle = await bundleHashes(folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("different problems have different bits, but where policies come to the same formats", () => {
  expect(new Set(Object.values(expected)).size).toBeGreaterThan(20);
});

describe.concurrent("the bits of this process, of sources", () => {
  test(`are those of the bundle in Node ${process.versions.node}, in its main thread and in a worker`, { timeout: 60_000 }, async () => {
    expect(await hashesInNode(process.execPath)).toEqual({ main: expected, worker: expected });
  });

  const own = ownNode();

  test.skipIf(own === undefined)(
    "are those of the machine's own, other Node, in its main thread and in a worker",
    { timeout: 60_000 },
    async () => {
      expect(await hashesInNode(own as string)).toEqual({ main: expected, worker: expected });
    },
  );

  test.for([chromium, firefox])(
    "are those of a page and of a worker under a content security policy in $name",
    { timeout: 60_000 },
    async (browser, { skip }) => {
      if (browser.path === undefined) skip(`${browser.name} is not installed`);

      const { result, violations } = await hashesInPage(browser);

      expect(result).toEqual({ main: expected, worker: expected });
      expect(violations).toEqual([]);
    },
  );
});

/** The machine's Node, outside this workspace, if it is of another major version. */
function ownNode(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((path) => !path.includes("node_modules"));
  try {
    const [path = "", major] = execFileSync("node", ["-p", "process.execPath + '\\n' + process.versions.node.split('.')[0]"], {
      encoding: "utf8",
      env: { ...process.env, PATH: folders.join(delimiter) },
    }).split("\n");
    return major === process.versions.node.split(".")[0] ? undefined : path;
  } catch {
    return undefined;
  }
}

async function hashesInNode(node: string): Promise<{ readonly main: Hashes; readonly worker: Hashes }> {
  const host = join(import.meta.dirname, "../hosts/node.mjs");
  const { stdout } = await promisify(execFile)(node, [host, bundle], { timeout: 50_000 });
  return JSON.parse(stdout);
}

async function hashesInPage(browser: Browser) {
  const server = await servePage(bundle);
  try {
    return { result: await browse(browser, server.url, server.result, 50_000), violations: server.violations };
  } finally {
    server.close();
  }
}
