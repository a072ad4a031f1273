// Runs one task at a time; scenes are made when the first task in them comes.
import { workerData } from "node:worker_threads";
import { type Result, runTask, type Scene, type SceneSource, sceneOf, type Task } from "@slam/experiments";
import { shipKernels } from "../kernel-file.ts";

shipKernels();

const sources = workerData as readonly SceneSource[];
const scenes = new Map<string, Scene>();

export default function run(task: Task): Result {
  let scene = scenes.get(task.scene);
  if (scene === undefined) {
    scene = sceneOf(sources.find(({ name }) => name === task.scene)!);
    scenes.set(task.scene, scene);
  }
  return runTask(task, scene);
}
