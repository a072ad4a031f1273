import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** Own scripts and WebAssembly made at run time, and nothing else: no eval, nothing inline, no blobs. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; report-uri /violation";

export type Hashes = Readonly<Record<string, string>>;

interface PageResult {
  readonly main?: Hashes;
  readonly worker?: Hashes;
  readonly error?: string;
}

export interface PageServer {
  readonly url: string;
  /** What the page posts. */
  readonly result: Promise<PageResult>;
  /** What the browser said that the policy forbids. */
  readonly violations: readonly string[];
  close(): void;
}

/** Serves the page with the hashes of the bundle under the content security policy. */
export async function servePage(bundle: string): Promise<PageServer> {
  const host = (file: string): string => join(import.meta.dirname, "../hosts", file);
  const files: { readonly [path: string]: () => string | Buffer } = {
    "/": () => '<!doctype html><title>same bits</title><script type="module" src="/page.js"></script>',
    "/page.js": () => readFileSync(host("page.js")),
    "/worker.js": () => readFileSync(host("worker.js")),
    "/hashes.js": () => readFileSync(bundle),
  };
  const violations: string[] = [];
  let resolve: (result: PageResult) => void;
  const result = new Promise<PageResult>((posted) => {
    resolve = posted;
  });
  const take: { readonly [path: string]: (body: string) => void } = {
    "/violation": (body) => violations.push(body),
    "/result": (body) => resolve(JSON.parse(body)),
  };
  const server = createServer(async (request: IncomingMessage, response) => {
    const { url = "" } = request;
    response.setHeader("Content-Security-Policy", policy);
    if (request.method === "POST" && take[url]) {
      take[url](await text(request));
      response.end();
    } else if (files[url]) {
      response.setHeader("Content-Type", url === "/" ? "text/html" : "text/javascript");
      response.end(files[url]());
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    result,
    violations,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
