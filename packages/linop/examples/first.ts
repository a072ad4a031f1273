import { fp16, operationFormat, pack, unpack } from "@slam/float";
import { vectorSpace, Work } from "@slam/linop";

// Vectors stored in fp16 and computed with in fp32. What overflows and what it costs is counted.
const counters = { events: { overflows: 0, flushed: 0 }, work: new Work() };
const space = vectorSpace(operationFormat(fp16), counters);
const x = pack(fp16, [1, 2, 3]);
const y = pack(fp16, [4, 5, 60000]);

space.axpy(2000, x, y); // y <- 2000 x + y

console.log(unpack(fp16, y), space.dot(x, x)); // [2004, 4004, Infinity] 14
console.log(counters.events, counters.work.flops); // { overflows: 1, flushed: 0 } { vectors: { fp32: 12 } }
