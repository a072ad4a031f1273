/** Public graphs with their least known chi2 in g2o's convention, found by several solvers; `small` ones solve in about a second. */
export const KNOWN_OPTIMA: readonly { readonly path: string; readonly optimum: number; readonly small: boolean }[] = [
  { path: "pose-graphs/sphere2500.g2o", optimum: 727.1496672, small: false },
  { path: "pose-graphs/parking-garage.g2o", optimum: 1.2386906, small: false },
  { path: "pose-graphs/torus3D.g2o", optimum: 14574.746, small: false },
  { path: "pose-graphs/M3500_original.g2o", optimum: 137.9129509, small: false },
  { path: "pose-graphs/M3500a.g2o", optimum: 912.1150122, small: false },
  { path: "pose-graphs/city10000.g2o", optimum: 511.9851636, small: false },
  { path: "pose-graphs/intel.g2o", optimum: 45.0046958, small: true },
  { path: "pose-graphs/MIT.g2o", optimum: 41.16326884, small: true },
  { path: "formats/CSAIL_edges_only.g2o", optimum: 40.55512635, small: true },
  { path: "pose-graphs/kitti_00.g2o", optimum: 98.32201173, small: true },
  { path: "pose-graphs/ring.g2o", optimum: 11.16310083, small: true },
  { path: "pose-graphs/smallGrid3D.g2o", optimum: 458.1538, small: true },
];

/**
 * The least values of SE-Sync's F, which are certified to be global, to the digits given. It takes cubicle as it is, a third of whose information matrices are
 * indefinite by what they couple.
 */
export const SESYNC_OPTIMA: readonly { readonly path: string; readonly optimum: number }[] = [
  { path: "pose-graphs/M3500_original.g2o", optimum: 193.8623 },
  { path: "pose-graphs/M3500a.g2o", optimum: 1597.636 },
  { path: "pose-graphs/M3500b.g2o", optimum: 3675.921 },
  { path: "pose-graphs/city10000.g2o", optimum: 638.6246 },
  { path: "pose-graphs/CSAIL.g2o", optimum: 31.70372 },
  { path: "pose-graphs/intel.g2o", optimum: 52.34823 },
  { path: "pose-graphs/MIT.g2o", optimum: 61.15412 },
  { path: "pose-graphs/kitti_00.g2o", optimum: 125.6935 },
  { path: "pose-graphs/kitti_02.g2o", optimum: 108.3511 },
  { path: "pose-graphs/ring.g2o", optimum: 11.2575 },
  { path: "pose-graphs/sphere2500.g2o", optimum: 1687.0058 },
  { path: "pose-graphs/torus3D.g2o", optimum: 24227.046 },
  { path: "pose-graphs/parking-garage.g2o", optimum: 1.262524 },
  { path: "pose-graphs/smallGrid3D.g2o", optimum: 1025.398 },
  { path: "pose-graphs/cubicle.g2o", optimum: 717.126 },
];
