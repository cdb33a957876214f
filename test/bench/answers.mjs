// Whether two commands gave the same answer, however each of them writes it.

/** The values of one line: those of a JSON object in order, else what stands between tabs. */
function cellsOf(line) {
  return line.startsWith('{') ? Object.values(JSON.parse(line)).map(String) : line.split('\t');
}

const isNear = (a, b, tolerance) => Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));

/**
 * The first difference between two answers in words, or undefined where they say the same. The order of lines does not count.
 * `tolerances` has for some columns, from 0, by what share of them two numbers may differ; those columns do not order the lines.
 */
export function difference(expected, found, tolerances = {}) {
  if (expected === found) return undefined;
  const rowsOf = (text) => {
    const rows = text.split('\n').filter((line) => line !== '');
    const keyOf = (cells) => cells.filter((_, column) => !Object.hasOwn(tolerances, column)).join('\t');
    const keyed = rows.map((line) => {
      const cells = cellsOf(line);
      return { key: keyOf(cells), cells };
    });
    return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  };
  const [left, right] = [rowsOf(expected), rowsOf(found)];
  if (left.length !== right.length) return `${left.length} lines and ${right.length}`;
  for (const [i, { key, cells }] of left.entries()) {
    const other = right[i];
    const isSame =
      key === other.key &&
      Object.entries(tolerances).every(([at, tolerance]) =>
        isNear(Number(cells[at]), Number(other.cells[at]), tolerance),
      );
    if (!isSame) return `"${cells.join(' ')}" and "${other.cells.join(' ')}"`;
  }
  return undefined;
}
