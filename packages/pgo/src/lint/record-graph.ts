import { informationSize, type PoseGraph, poseGroup, poseSize } from "../graph.ts";
import { normalizeQuaternion } from "../io/quaternion.ts";
import { graphValues } from "./information.ts";
import type { LintFile } from "./lint-file.ts";

/** The graph of the file's records, of one kind; poses that only edges name are not known. */
export function recordGraph(file: LintFile): PoseGraph {
  const [vertices, edges] = [[...file.records("vertex")], [...file.records("edge")]];
  const { dimension, similarity } = file.type(vertices[0] ?? edges[0]);
  const shape = { dimension, ...(similarity && { similarity }) };
  const [size, triangle] = [poseSize(shape), informationSize(shape)];
  const ids = Float64Array.from(new Set([...vertices, ...edges].flatMap((k) => file.ids(k)))).sort();
  const indexOf = new Map(Array.from(ids, (id, index) => [id, index]));
  const poses = new Float64Array(ids.length * size);
  for (let at = 0; at < poses.length; at += size) poseGroup(shape).identity(poses, at);
  const known = new Uint8Array(ids.length);
  for (const k of vertices) {
    const index = indexOf.get(file.ids(k)[0]) as number;
    poses.set(poseOf(file, k, size), index * size);
    known[index] = 1;
  }
  const measurements = new Float64Array(edges.length * size);
  const information = new Float64Array(edges.length * triangle);
  edges.forEach((k, e) => {
    measurements.set(poseOf(file, k, size), e * size);
    information.set(graphValues(file.type(k), file.values(k)).subarray(size, size + triangle), e * triangle);
  });
  const ends = (which: 0 | 1): Int32Array => Int32Array.from(edges, (k) => indexOf.get(file.ids(k)[which]) as number);
  return { ...shape, ids, poses, known, from: ends(0), to: ends(1), measurements, information, fixed: new Int32Array(0) };
}

function poseOf(file: LintFile, k: number, size: number): Float64Array {
  const pose = graphValues(file.type(k), file.values(k)).subarray(0, size);
  if (size > 3) normalizeQuaternion(pose, 3);
  return pose;
}
