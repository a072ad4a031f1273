export type { Landmarks } from "./anchors.ts";
export { type Bundle, checkBundle } from "./bundle.ts";
export { CgSolver, type CgSolverOptions, type Forcing, type ReducedPreconditioner } from "./cg-solver.ts";
export { asBal } from "./io/as-bal.ts";
export { readBal, writeBal } from "./io/bal.ts";
export { COLMAP_NAMES, type ColmapCamera, type ColmapFiles, type ColmapImage, type ColmapModel, readColmap } from "./io/colmap.ts";
export { colmapCameras } from "./io/colmap-cameras.ts";
export { writePly } from "./io/ply.ts";
export { readStereo, type StereoFiles, type StereoProblem, stereoFiles, writeStereo } from "./io/stereo.ts";
export { writeColmap } from "./io/write-colmap.ts";
export { BundleJacobian } from "./jacobian.ts";
export type { BundleLoss, BundleLossName, NamedLoss } from "./loss.ts";
export {
  isMarginals,
  type LinearTerm,
  Marginals,
  type MarginalsOptions,
  recoverMarginals,
  type Variable,
} from "./marginals.ts";
export { pointOf, withPoint } from "./observer.ts";
export type { PointPrior, PosePrior, Priors } from "./priors.ts";
export { BundleProblem } from "./problem.ts";
export type { RankDeficiency } from "./reduced-factor.ts";
export type { Normalization, Scene } from "./scene.ts";
export { SchurSolver, type SchurSolverOptions } from "./schur-solver.ts";
export { type BundleOptions, type BundleReport, type BundleRun, type Linear, SIXTEEN_BIT, solve, start } from "./solve.ts";
export { type BundleSurvey, type Spread, surveyBundle } from "./survey.ts";
export type { Held } from "./unknowns.ts";
export type { KeyFrame } from "./window/key-frame.ts";
export type { Prior } from "./window/prior.ts";
export { type Dropped, SlidingWindow, type WindowOptions, type WindowReport } from "./window/sliding-window.ts";
export { startWindow, type WindowRunOptions, type WindowRunReport, type WindowSummary } from "./window/window-run.ts";
