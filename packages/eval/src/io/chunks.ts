const LINES_PER_CHUNK = 1000;

/** The lines 0 ... n - 1, many in each chunk: a string a line would cost a stream more than the lines do. */
export function* chunksOfLines(n: number, line: (i: number) => string): Generator<string, void, undefined> {
  for (let first = 0; first < n; first += LINES_PER_CHUNK) {
    let chunk = "";
    for (let i = first; i < Math.min(first + LINES_PER_CHUNK, n); i++) chunk += `${line(i)}\n`;
    yield chunk;
  }
}
