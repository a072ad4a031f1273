import { certify, isCertificate, readG2o } from "@slam/pgo";

// Once around an octagon, its turns measured 0.01 rad short. The estimates take it for twice around a square, and no small step makes that better.
const lines = [...Array(8).keys()].flatMap((k) => {
  const [x, y] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ][k % 4] as [number, number];
  return [`VERTEX_SE2 ${k} ${x} ${y} ${(k % 4) * 1.5708}`, `EDGE_SE2 ${k} ${(k + 1) % 8}  1 0 0.7754  1 0 0 1 0 100`];
});
const { graph } = readG2o(new TextEncoder().encode(lines.join("\n")), "octagon.g2o");
for (const maxRank of [2, 7]) {
  const result = certify(graph, { maxRank });
  if (!isCertificate(result)) throw new Error(result.refused);
  const { certified, cost, stairs } = result;
  console.log(
    `up to rank ${maxRank}: F ${cost.toFixed(4)}, ${certified ? "certified" : "not certified"}, by ranks ${stairs.map(({ rank }) => rank).join(", ")}`,
  );
}
