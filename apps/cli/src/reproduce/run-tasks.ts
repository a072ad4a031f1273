import type { Result, SceneSource, Task } from "@slam/experiments";
import { Piscina } from "piscina";

export interface TaskRun {
  readonly sources: readonly SceneSource[];
  readonly workers: number;
  /** Called as results come, in any order. */
  readonly onResult: (result: Result) => void;
  /** Aborted, it ends the tasks that run, without their results. */
  readonly signal: AbortSignal;
}

/** Runs tasks on as many threads as asked for; a result is the same on any of them. @returns whether all of them came to their end. */
export async function runTasks(tasks: readonly Task[], { sources, workers, onResult, signal }: TaskRun): Promise<boolean> {
  const threads = Math.min(workers, tasks.length);
  if (threads === 0) return true;
  const pool = new Piscina<Task, Result>({
    filename: new URL(import.meta.url.endsWith(".ts") ? "./task-worker.ts" : "./task-worker.js", import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    // A thread that is never idle has made its scenes once.
    idleTimeout: Infinity,
    workerData: sources,
  });
  const waiting = tasks.values();
  const work = async (): Promise<void> => {
    for (const task of waiting) {
      if (signal.aborted) return;
      onResult(await pool.run(task, { signal }));
    }
  };
  try {
    await Promise.all(Array.from({ length: threads }, work));
    return !signal.aborted;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    await pool.destroy();
  }
}
