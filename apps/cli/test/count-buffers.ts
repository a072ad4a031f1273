// Loaded before a program: writes what the main thread's array buffers take, in bytes, into the file that SLAM_BUFFERS names, when it first says something on stderr.
import { writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const { stderr } = process;
const write = stderr.write.bind(stderr) as (text: string | Uint8Array) => boolean;
let isFirst = isMainThread;
stderr.write = (text: string | Uint8Array) => {
  if (isFirst) writeFileSync(process.env.SLAM_BUFFERS!, `${process.memoryUsage().arrayBuffers}`);
  isFirst = false;
  return write(text);
};
