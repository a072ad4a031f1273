import { IncrementalPoseGraph } from "@slam/pgo";

// A robot drives around a square of 1 m, sees its first pose again, and then takes back a loop that was none.
const information = [100, 0, 0, 100, 0, 400];
const graph = new IncrementalPoseGraph({ dimension: 2 });
graph.addPose(0, { pose: [0, 0, 0] });
for (const id of [1, 2, 3]) graph.addPose(id, { from: id - 1, measurement: [1, 0, 1.5708], information });
graph.addEdge({ from: 3, to: 0, measurement: [1.1, 0, 1.5708], information });
console.log(`closed: chi2 ${graph.update().cost.final.toFixed(4)}`);
const wrong = graph.addEdge({ from: 0, to: 2, measurement: [3, 0, 0], information });
console.log(`with a false loop: chi2 ${graph.update().cost.final.toFixed(0)}`);
graph.removeEdge(wrong);
console.log(`without it: chi2 ${graph.update().cost.final.toFixed(4)}`);
