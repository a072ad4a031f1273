import { associate, ate, type Statistics, selectPoses, type Trajectory } from "@slam/eval";
import { InputError } from "./failure.ts";

/**
 * The ATE over the poses whose ids both have, after rigid alignment: a pose graph does not say where the world's origin is.
 *
 * @throws InputError where they have none in common; `file` names the reference.
 */
export function trajectoryError(file: string, reference: Trajectory, estimate: Trajectory): Statistics {
  const pairs = associate(reference.timestamps, estimate.timestamps, 0);
  if (pairs.reference.length === 0) throw new InputError(`${file}: no pose has an id of the graph`);
  const { alignment: _, ...statistics } = ate(selectPoses(reference, pairs.reference).poses, selectPoses(estimate, pairs.estimate).poses, {
    align: "se3",
  });
  return statistics;
}
