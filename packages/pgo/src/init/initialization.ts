/** Where the poses start from. */
export type Initialization = "file" | "odometry" | "spanning-tree" | "chordal";
