export const INITIALIZATIONS = ["file", "odometry", "spanning-tree", "chordal", "random"] as const;
/** Where the poses start from. "random" is a bad start to try methods from. */
export type Initialization = (typeof INITIALIZATIONS)[number];
