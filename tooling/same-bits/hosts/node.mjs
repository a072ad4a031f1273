// `node node.mjs BUNDLE` prints the hashes of the main thread and of a worker.
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const bundle = isMainThread ? process.argv[2] : workerData;
const { bitHashes } = await import(bundle);
if (isMainThread) {
  const [worker] = await once(new Worker(new URL(import.meta.url), { workerData: bundle }), "message");
  console.log(JSON.stringify({ main: bitHashes(), worker }));
} else parentPort.postMessage(bitHashes());
