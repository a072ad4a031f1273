export { type Association, associate } from "./association.ts";
export { type AteOptions, type AteReport, ate } from "./ate.ts";
export { readTum, writeTum } from "./io/tum.ts";
export { type Statistics, statistics } from "./statistics.ts";
export { planarPoses, selectPoses, type Trajectory } from "./trajectory.ts";
export { type Similarity, transformPoses, type UmeyamaOptions, umeyama } from "./umeyama.ts";
