/** frames <- for each pose an orthonormal basis of R^r, r x r by rows: its d rows of X, then a complement that depends on those alone. */
export function writeFrames(d: number, r: number, X: Float64Array, frames: Float64Array): void {
  for (let at = 0, f = 0; at < X.length; at += (d + 1) * r, f += r * r) {
    frames.set(X.subarray(at, at + d * r), f);
    for (let m = d; m < r; m++) completeFrame(r, m, frames, f);
  }
}

/** Row m <- a unit vector orthogonal to those before: of the axes the one that has most left of it. */
function completeFrame(r: number, m: number, frames: Float64Array, f: number): void {
  let best = 0;
  let most = -1;
  for (let axis = 0; axis < r; axis++) {
    let left = 1;
    for (let k = 0; k < m; k++) left -= frames[f + k * r + axis] ** 2;
    if (left > most) {
      most = left;
      best = axis;
    }
  }
  const row = f + m * r;
  for (let a = 0; a < r; a++) frames[row + a] = a === best ? 1 : 0;
  // Twice, against what cancels.
  for (let pass = 0; pass < 2; pass++) {
    for (let k = 0; k < m; k++) {
      let sum = 0;
      for (let a = 0; a < r; a++) sum += frames[row + a] * frames[f + k * r + a];
      for (let a = 0; a < r; a++) frames[row + a] -= sum * frames[f + k * r + a];
    }
  }
  let square = 0;
  for (let a = 0; a < r; a++) square += frames[row + a] ** 2;
  for (let a = 0; a < r; a++) frames[row + a] /= Math.sqrt(square);
}
