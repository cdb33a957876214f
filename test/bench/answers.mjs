// Whether two commands gave the same answer, however each of them writes it.

/** The rows of an answer as lists of texts: values of JSON objects (one a line, or in one list), else what stands between tabs. */
function rowsOf(text) {
  const valuesOf = (record) => Object.values(record).map(String);
  if (text.startsWith('[')) return JSON.parse(text).map(valuesOf);
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => (line.startsWith('{') ? valuesOf(JSON.parse(line)) : line.split('\t')));
}

const isNear = (a, b, tolerance) => Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));

/**
 * The first difference between two answers in words, or undefined where they say the same. The order of lines does not count.
 * `tolerances` has for some columns, from 0, by what share of them two numbers may differ; those columns do not order the lines.
 */
export function difference(expected, found, tolerances = {}) {
  if (expected === found) return undefined;
  const keyed = (text) => {
    const rows = rowsOf(text).map((cells) => ({
      key: cells.filter((_, column) => !Object.hasOwn(tolerances, column)).join('\t'),
      cells,
    }));
    return rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  };
  const [left, right] = [keyed(expected), keyed(found)];
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
