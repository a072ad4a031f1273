import { convert, defineFloat, fp16, fp32, pack, sin, unpack } from "@slam/float";

// A vector in fp16 is a Uint16Array of codes; each number was rounded once.
const x = pack(fp16, [0.1, 1 / 3, 70000]);
console.log(unpack(fp16, x)); // [0.0999755859375, 0.333251953125, Infinity]

// A format of one's own, and the only way into it. `events` counts what its range did.
const fp12 = defineFloat({ name: "fp12", exponentBits: 5, significandBits: 7 });
const events = { overflows: 0, flushed: 0 };
const y = convert(fp32, new Float32Array([0.1, 1e6, 1e-9]), fp12, events);
console.log(unpack(fp12, y), events); // [0.099609375, Infinity, 0] { overflows: 1, flushed: 1 }

// Arithmetic rounds once per operation; sin has the same bits in every engine.
console.log(fp16.mul(fp16.add(1, 1 / 1024), 3), sin(1e22)); // 3.00390625 -0.8522008497671888
