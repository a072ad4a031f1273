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
