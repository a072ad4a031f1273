import { ParseError } from "@slam/errors";
import { ArenaPool } from "@slam/wasm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkGraph, type PoseGraph } from "../../src/graph.ts";
import { readG2o, writeG2o } from "../../src/io/g2o.ts";
import { arbitraryGraph } from "./arbitrary-graph.ts";
import { ascii, joined, textOf } from "./ascii.ts";

const read = (text: string): PoseGraph => readG2o(ascii(text), "a.g2o").graph;
const sixty = "100 0 0 0 0 0 100 0 0 0 0 100 0 0 0 25 0 0 25 0 25";

describe("readG2o", () => {
  test("reads a 2D graph and numbers its poses by ascending id", () => {
    const graph = read("EDGE_SE2 20 -3 1 2 .5 1 2 3 4 5 6\nVERTEX_SE2 20 7 8 9\nVERTEX_SE2 -3 -1 -2 -0.3\nFIX 20\n");

    expect(graph).toEqual({
      dimension: 2,
      ids: Float64Array.of(-3, 20),
      poses: Float64Array.of(-1, -2, -0.3, 7, 8, 9),
      known: Uint8Array.of(1, 1),
      from: Int32Array.of(1),
      to: Int32Array.of(0),
      measurements: Float64Array.of(1, 2, 0.5),
      information: Float64Array.of(1, 2, 3, 4, 5, 6),
      fixed: Int32Array.of(1),
    });
  });

  test("reads a 3D graph", () => {
    const graph = read(
      `VERTEX_SE3:QUAT 0 1 2 3 0 0 0 1\nVERTEX_SE3:QUAT 1 4 5 6 0.6 0 0 -0.8\nEDGE_SE3:QUAT 0 1 7 8 9 0 0.6 0.8 0 ${sixty}\n`,
    );

    expect(graph.dimension).toBe(3);
    expect(graph.poses).toEqual(Float64Array.of(1, 2, 3, 0, 0, 0, 1, 4, 5, 6, 0.6, 0, 0, -0.8));
    expect(graph.measurements).toEqual(Float64Array.of(7, 8, 9, 0, 0.6, 0.8, 0));
    expect(graph.information).toEqual(Float64Array.from(sixty.split(" "), Number));
    expect(() => checkGraph(graph)).not.toThrow();
  });

  test("keeps nothing of the graph in the arrays that it borrows", () => {
    const poses = Array.from({ length: 3000 }, (_, k) => `VERTEX_SE2 ${k} ${k / 7} ${-k / 9} 0.1`);
    const edges = poses.slice(1).map((_, k) => `EDGE_SE2 ${k} ${k + 1} ${k / 3} 0 0 1 0 0 ${k + 2} 0 1`);
    const bytes = ascii([...poses, ...edges, "VERTEX_XY 5000 1 2", "EDGE_SE2_XY 7 5000 1 1 4 0 4", "FIX 7"].join("\n"));
    const arenas = new ArenaPool();

    const { graph } = readG2o(bytes, "a.g2o", [], arenas);

    expect(graph).toEqual(readG2o(bytes, "a.g2o").graph);
    const expected = structuredClone(graph);
    arenas.recycle();
    for (let k = 0; k < 20; k++) arenas.numbers(8192).fill(-1);
    expect(graph).toEqual(expected);
  });

  test("normalises quaternions", () => {
    const graph = read("VERTEX_SE3:QUAT 0 0 0 0 0 3 0 -4\nVERTEX_SE3:QUAT 1 0 0 0 3e-200 0 0 4e-200\n");

    expect(graph.poses).toEqual(Float64Array.of(0, 0, 0, 0, 0.6, 0, -0.8, 0, 0, 0, 0.6, 0, 0, 0.8));
  });

  test("makes the poses of a file with edges only, none of them known", () => {
    const flat = read("EDGE_SE2 5 3 1 0 0 1 0 0 1 0 1\nEDGE_SE2 3 8 1 0 0 1 0 0 1 0 1\nFIX 8");
    const solid = read(`EDGE_SE3:QUAT 5 3 1 0 0 0 0 0 1 ${sixty}`);

    expect([flat.ids, flat.known, flat.poses, flat.fixed]).toEqual([
      Float64Array.of(3, 5, 8),
      new Uint8Array(3),
      new Float64Array(9),
      Int32Array.of(2),
    ]);
    expect([flat.from, flat.to]).toEqual([Int32Array.of(1, 0), Int32Array.of(0, 2)]);
    expect(solid.poses).toEqual(Float64Array.of(0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1));
  });

  test("reads VERTEX2 and EDGE2, which order the information xx xy yy tt xt yt", () => {
    const graph = read("VERTEX2 0 0 0 0\nVERTEX2 1 1 0 0\nEDGE2 0 1 1 0 0 11 12 22 33 13 23\n");

    expect(graph.information).toEqual(Float64Array.of(11, 12, 13, 22, 23, 33));
  });

  test("skips blank lines, comments, tabs and carriage returns", () => {
    const graph = read("# made by hand\r\n\r\n\tVERTEX_SE2\t0 1 2 3 # start\r\n  \r\nVERTEX_SE2 1  +1e0 -2.5E-1 3.\r\n");

    expect(graph.poses).toEqual(Float64Array.of(1, 2, 3, 1, -0.25, 3));
  });

  test("reads FIX lines with several ids, before or after the vertices, each pose once", () => {
    const graph = read("FIX 9 7\nVERTEX_SE2 7 0 0 0\nVERTEX_SE2 8 0 0 0\nVERTEX_SE2 9 0 0 0\nFIX 7\n");

    expect(graph.fixed).toEqual(Int32Array.of(2, 0));
  });

  test("reads a graph without edges, repeated edges and indefinite information", () => {
    expect(read("VERTEX_SE2 0 1 2 3").from).toHaveLength(0);
    expect(read("EDGE_SE2 0 1 0 0 0 -1 5 0 1 0 1\nEDGE_SE2 0 1 0 0 0 1 0 0 1 0 1").information[0]).toBe(-1);
  });

  test("counts the lines it does not know", () => {
    const { unknown, format } = readG2o(
      ascii("PARAMS_CAMERAPARAMETERS 0\nVERTEX_SE2 0 0 0 0\nVERTEX_TAG 4 1 1\nVERTEX_TAG 5 1,nan\n"),
      "a.g2o",
    );

    expect(format).toBe("g2o");
    expect(unknown).toEqual([
      { tag: "PARAMS_CAMERAPARAMETERS", count: 1, firstLine: 1 },
      { tag: "VERTEX_TAG", count: 2, firstLine: 3 },
    ]);
  });
});

describe("readG2o refuses", () => {
  const vertex = "VERTEX_SE2 0 0 0 0\n";

  test.each([
    [
      "an empty file",
      "",
      "a.g2o:1: expected a line with VERTEX_SE2, EDGE_SE2, VERTEX_SE3:QUAT, EDGE_SE3:QUAT, VERTEX_SIM3:QUAT, EDGE_SIM3:QUAT, VERTEX_SIM3:EXPMAP, EDGE_SIM3:EXPMAP, VERTEX2, EDGE2, found an empty file",
    ],
    ["a file of comments", "# nothing\n\n", "EDGE2, found none"],
    ["a file of other tags", "ODOMETRY 1 2\nFIX 3\n", "EDGE2, found none, ODOMETRY"],
    [
      "a missing field",
      `${vertex}VERTEX_SE2 1 5 6 \n`,
      "a.g2o:2:17: expected theta of VERTEX_SE2, a finite number, found the end of the line",
    ],
    [
      "a file that is cut off",
      `${vertex}EDGE_SE2 0`,
      "a.g2o:2:11: expected second id of EDGE_SE2, an integer below 2^53, found the end of the file; is the file cut off?",
    ],
    [
      "a missing field of a cut off file",
      "EDGE_SE2 0 1 0 0 0 1 0",
      "a.g2o:1:23: expected information (x, theta) of EDGE_SE2, a finite number, found the end of the file",
    ],
    ["an extra field", "VERTEX_SE2 0 0 0 0 1\n", 'a.g2o:1:20: expected the end of the line after the 3 values of VERTEX_SE2, found "1"'],
    ["a word for a number", "VERTEX_SE2 0 0 zero 0\n", 'a.g2o:1:16: expected y of VERTEX_SE2, a finite number, found "zero"'],
    ["NaN", "VERTEX_SE2 0 nan 0 0\n", 'a.g2o:1:14: expected x of VERTEX_SE2, a finite number, found "nan"'],
    ["infinity", "VERTEX_SE2 0 0 0 -inf\n", 'a.g2o:1:18: expected theta of VERTEX_SE2, a finite number, found "-inf"'],
    ["a number beyond fp64", "VERTEX_SE2 0 0 0 1e309\n", 'found "1e309"'],
    ["a decimal comma", "VERTEX_SE2 0 1,5 0 0\n", 'found "1,5"; decimals are written 1.5, fields separated by spaces'],
    ["a fractional id", "VERTEX_SE2 0.5 0 0 0\n", 'a.g2o:1:12: expected id of VERTEX_SE2, an integer below 2^53, found "0.5"'],
    ["an id that fp64 does not hold", "VERTEX_SE2 9007199254740993 0 0 0\n", 'an integer below 2^53, found "9007199254740993"'],
    ["a vertex given twice", `${vertex}\n${vertex}`, 'a.g2o:3:12: expected an id without a vertex yet, as line 1 has one, found "0"'],
    [
      "an edge to a missing vertex",
      `EDGE_SE2 0 7 0 0 0 1 0 0 1 0 1\n${vertex}`,
      "a.g2o:1:12: expected the id of a pose in this file, found 7",
    ],
    ["a FIX of a missing vertex", `${vertex}FIX 0 3\n`, "a.g2o:2:7: expected the id of a pose in this file, found 3"],
    ["a FIX of nothing", `${vertex}FIX\n`, "a.g2o:2:4: expected id of FIX, an integer below 2^53, found the end of the line"],
    [
      "an edge from a pose to itself",
      "EDGE_SE2 4 4 0 0 0 1 0 0 1 0 1\n",
      'a.g2o:1:12: expected a second id of EDGE_SE2 other than the first, found "4"',
    ],
    [
      "2D and 3D together",
      `${vertex}VERTEX_SE3:QUAT 1 0 0 0 0 0 0 1\n`,
      'a.g2o:2:1: expected a 2D record, as VERTEX_SE2 on line 1, found "VERTEX_SE3:QUAT"',
    ],
    [
      "a zero quaternion",
      " VERTEX_SE3:QUAT 1 0 0 0 0 0 -0 0\n",
      "a.g2o:1:2: expected a quaternion qx qy qz qw of non-zero length, found 0 0 0 0 in VERTEX_SE3:QUAT",
    ],
    ["numbers without a tag", "1.5 2.5 3.5\n", 'a.g2o:1:1: expected a tag such as VERTEX_SE2 or EDGE3, found "1.5"'],
    [
      "bytes that are not text",
      "\x7fELF\x02\x01\x00\n",
      'a.g2o:1:1: expected a tag such as VERTEX_SE2 or EDGE3, found "\\x7fELF\\x02\\x01\\x00"',
    ],
    ["UTF-16", "\xff\xfeV\0E\0R\0", 'found "\\xff\\xfeV\\x00E\\x00R\\x00"'],
    [
      "converted values beyond fp64",
      "EDGE2 0 1 0 0 1 1e308 1.7e308 1e308 0 0 0\n",
      "a.g2o:1:1: expected values that fp64 holds in g2o's coordinates, found larger ones in EDGE2",
    ],
  ])("%s", (_, text, message) => {
    expect(() => read(text)).toThrow(ParseError);
    expect(() => read(text)).toThrow(message);
  });

  test("a file of more than 100 different unknown tags", () => {
    const words = Array.from({ length: 101 }, (_, i) => `word${i}\n`).join("");

    expect(() => read(words)).toThrow('a.g2o:101:1: expected a known tag after 100 different other ones, found "word100"');
  });

  test("a 100 MB line, keeping place and message in the error", () => {
    const bytes = new Uint8Array(1e8).fill(32);
    bytes.set(ascii(vertex));

    expect(() => readG2o(bytes, "a.g2o")).toThrow(
      'a.g2o:2: expected a line of at most 1048576 bytes, found 99999981 that begin "                "',
    );
  });

  test("mutations of a good file with a ParseError or not at all", () => {
    const good = joined(
      writeG2o(
        read(
          `VERTEX_SE3:QUAT 0 1 2 3 0 0 0 1\nVERTEX_SE3:QUAT 1 4 5 6 0.6 0 0 -0.8\nFIX 0\nEDGE_SE3:QUAT 0 1 7 8 9 0 0.6 0.8 0 ${sixty}\n`,
        ),
      ),
    );
    const odd = fc.constantFrom(...ascii(" \t\r\n#.-+,e0159AEQV\0\x7f\xff"));
    const edit = fc.record({ at: fc.nat(good.length), remove: fc.nat(20), insert: fc.array(fc.oneof(odd, fc.nat(255)), { maxLength: 4 }) });

    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let bytes = [...good];
        for (const { at, remove, insert } of edits) bytes = bytes.toSpliced(at, remove, ...insert);
        try {
          checkGraph(readG2o(Uint8Array.from(bytes), "f").graph);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("writeG2o", () => {
  test("writes vertices, FIX lines and edges with the shortest decimals", () => {
    const graph = read("VERTEX_SE2 -7 1.50 -0 1e-7\nVERTEX_SE2 2 0.1 1e21 0\nEDGE_SE2 2 -7 0.30000000000000004 0 0 1 0 0 1 0 1\nFIX 2\n");

    expect(textOf(writeG2o(graph))).toBe(
      "VERTEX_SE2 -7 1.5 -0 1e-7\nVERTEX_SE2 2 0.1 1e+21 0\nFIX 2\nEDGE_SE2 2 -7 0.30000000000000004 0 0 1 0 0 1 0 1\n",
    );
  });

  test("writes no vertices where no pose is known", () => {
    const text = "FIX 2\nEDGE_SE2 2 1 0 0 0 1 0 0 1 0 1\n";

    expect(textOf(writeG2o(read(text)))).toBe(text);
  });

  test("is undone by readG2o, bit for bit", () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ min: -9, max: 9, noNaN: true }));

    fc.assert(
      fc.property(arbitraryGraph(value), (graph) => {
        expect(readG2o(joined(writeG2o(graph)), "f")).toEqual({ graph, format: "g2o", unknown: [] });
      }),
    );
  });

  test("gives chunks of at most 64 KiB", () => {
    const edges = Array.from({ length: 5000 }, (_, i) => `EDGE_SE2 ${i} ${i + 1} 1 0 0 1 0 0 1 0 1\n`).join("");

    const chunks = [...writeG2o(read(edges))];

    expect(chunks.length).toBeGreaterThan(2);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(2 ** 16);
    expect(textOf(chunks)).toBe(edges);
  });

  test("refuses a bad graph at the call, before any chunk", () => {
    const graph = { ...read("VERTEX_SE2 0 0 0 0"), poses: new Float64Array(2) };

    expect(() => writeG2o(graph)).toThrow("graph.poses has length 2, expected 3");
  });
});
