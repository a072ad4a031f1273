/** error: stops solvers or misleads them; warning: suspect, and solvers run; note: worth knowing. */
export type Severity = "error" | "warning" | "note";

export interface Rule {
  readonly severity: Severity;
  /** Why a finding matters. */
  readonly why: string;
  /** What the repair does. */
  readonly repair?: string;
  /** What to try where there is none. */
  readonly advice?: string;
}

export type RuleName =
  | "line-too-long"
  | "too-many-tags"
  | "no-records"
  | "malformed-line"
  | "not-finite"
  | "decimal-comma"
  | "missing-information"
  | "extra-fields"
  | "mixed-dimensions"
  | "duplicate-vertex"
  | "missing-vertex"
  | "missing-sensor"
  | "self-edge"
  | "zero-quaternion"
  | "transposed-block"
  | "information-order"
  | "indefinite-information"
  | "angles-in-degrees"
  | "non-unit-quaternion"
  | "zero-information"
  | "information-range"
  | "translation-outlier"
  | "disconnected"
  | "identical-edge"
  | "repeated-edge"
  | "unknown-tag";

/** What lint looks for, in the order in which it is shown. */
export const RULES: { readonly [rule in RuleName]: Rule } = {
  "line-too-long": {
    severity: "error",
    why: "a record takes less than a kilobyte, and readers stop at a line of more than 1 MiB",
    advice: "remove the line; is this a pose graph, and are its line ends line feeds?",
  },
  "too-many-tags": {
    severity: "error",
    why: "a file with more than 100 unknown tags is hardly a pose graph, and readers stop there",
    advice: "look at the named line; is it another format behind a familiar extension?",
  },
  "no-records": {
    severity: "error",
    why: "there is nothing to solve",
    advice: "is it another format behind a familiar extension, or a file whose writing failed?",
  },
  "malformed-line": {
    severity: "error",
    why: "readers stop here, or leave the line out without a word",
    repair: "keeps the line as a comment",
  },
  "not-finite": {
    severity: "error",
    why: "one value that is not finite makes every pose of the result so",
    repair: "keeps the line as a comment; a vertex that edges name is put where they say",
  },
  "decimal-comma": {
    severity: "error",
    why: "readers end a number at its comma, or stop",
    repair: "writes decimals with points and separates fields by spaces",
  },
  "missing-information": {
    severity: "error",
    why: "a measurement without its information matrix has no weight: readers stop here, or take what happens to be in memory",
    repair: "puts the identity, and what stood there into a comment; give a better weight by hand if you know one",
  },
  "extra-fields": {
    severity: "error",
    why: "a line with more fields than its tag has is of another layout, or two lines in one",
    repair:
      "takes the upper triangle where the whole symmetric information is given; else keeps what is beyond the last field as a comment",
  },
  "mixed-dimensions": {
    severity: "error",
    why: "poses in the plane, in space and with a scale do not share a graph, nor do the two ways to write a scale",
    repair: "keeps the lines that are not of the kind of most of them as comments",
  },
  "duplicate-vertex": {
    severity: "error",
    why: "two estimates of one pose, landmark or sensor: readers stop, or each takes another one",
    repair: "keeps the first, as g2o does, and the others as comments",
  },
  "missing-vertex": {
    severity: "error",
    why: "an edge or FIX names a pose or landmark that the file does not have: readers stop, or leave the edge out without a word",
    repair:
      "adds the vertex where edges from known poses, or the first measured position, put it; keeps a line that nothing places as a comment; takes it out of a FIX if no edge names it",
  },
  "missing-sensor": {
    severity: "error",
    why: "a measurement is of a sensor that the file does not place on the robot: readers stop",
    repair: "puts the sensor at the robot's own frame; give its place by hand if you know it",
  },
  "self-edge": {
    severity: "error",
    why: "a measurement between a pose and itself measures nothing, and makes solvers stop",
    repair: "keeps the line as a comment",
  },
  "zero-quaternion": {
    severity: "error",
    why: "a quaternion of length zero is no rotation",
    repair: "gives a vertex or sensor the identity; keeps a measurement as a comment",
  },
  "transposed-block": {
    severity: "error",
    why: "its writer put the translation-rotation block of the information transposed; solvers stop, or descend along a false valley",
    repair: "transposes the block back",
  },
  "information-order": {
    severity: "error",
    why: "the information is in the other order: g2o's is xx xy xt yy yt tt, TORO's xx xy yy tt xt yt",
    repair: "puts it into the order of its tag; the frame is taken to be the tag's",
  },
  "indefinite-information": {
    severity: "error",
    why: "a negative eigenvalue rewards errors, without limit",
    repair: "raises negative eigenvalues to zero: the nearest semidefinite matrix",
  },
  "angles-in-degrees": {
    severity: "error",
    why: "angles are radians; those in degrees make a heap of the map",
    advice:
      "multiply angles by pi/180, and by 180/pi the information of angles once for x theta and y theta and twice for theta theta if it was for degrees",
  },
  "non-unit-quaternion": {
    severity: "warning",
    why: "solvers that do not normalise scale the map by it",
    repair: "divides the quaternion by its length",
  },
  "zero-information": {
    severity: "warning",
    why: "the edge has no influence",
    advice: "remove the line or give it a weight",
  },
  "information-range": {
    severity: "warning",
    why: "sums that span more than 12 digits lose what is small, and solves in low precision stall",
    advice: "check the units of the information at both lines; solve with --policy fp64",
  },
  "translation-outlier": {
    severity: "warning",
    why: "a translation a million times as large as the others bends the whole map to fit it",
    advice: "check the line, its units and digits; remove it if it is wrong",
  },
  disconnected: {
    severity: "warning",
    why: "no edge says where this part is beside the rest: each part is solved by itself, at an arbitrary place",
    advice: "add an edge between them, or solve the parts as files of their own",
  },
  "identical-edge": {
    severity: "warning",
    why: "the same measurement twice counts twice",
    advice: "remove one of the two lines if it is a copy",
  },
  "repeated-edge": {
    severity: "note",
    why: "several measurements between the same two poses are all used",
  },
  "unknown-tag": {
    severity: "note",
    why: "lint does not look at lines with this tag, and passes them on as they are",
  },
};
