import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import { RowReader } from '../../../src/flow/parsing/row.ts';
import { Pattern } from '../../../src/flow/pattern/pattern.ts';
import { csv } from '../../../src/flow/stages/csv.ts';
import { logfmt } from '../../../src/flow/stages/logfmt.ts';
import { regex } from '../../../src/flow/stages/regex.ts';
import { tsv } from '../../../src/flow/stages/tsv.ts';
import { look } from '../../support/look.ts';
import { outOf } from '../../support/stage.ts';
import { numberText } from '../../support/values.ts';

/** A cell: its text, null for nothing at all, and whether it stands in quotes. */
const cell = fc.tuple(
  fc.oneof(
    { weight: 3, arbitrary: numberText },
    fc.constantFrom(null, '', '007', '+5', '.5', '1.', '1e999', 'NaN', 'true', 'null', '1,2', '"', 'a\nb', ' 1'),
    fc.string({ unit: fc.constantFrom('a', '1', '.', '-', 'e', '"', ',', '\t', ' ', 'é') }),
  ),
  fc.boolean(),
);

function written([text, inQuotes]: readonly [string | null, boolean], separator: string): string {
  if (text === null) return '';
  const needsQuotes = inQuotes || text === '' || /["\n]/.test(text) || text.includes(separator);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The cells of lines of text, as RFC 4180 has them. */
function cellsOf(text: string, separator: string): (readonly (string | null)[])[] {
  const rows: (readonly (string | null)[])[] = [];
  let reader = new RowReader(separator);
  for (const line of text.split('\n').slice(0, -1)) {
    const row = reader.read(line);
    if (row === undefined) continue;
    rows.push(row);
    reader = new RowReader(separator);
  }
  return rows;
}

test.each([
  ['csv', csv, ','],
  ['tsv', tsv, '\t'],
] as const)('what is read as %s and written as such has the same cells', (format, stage, separator) => {
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(table, (rows) => {
      const lines = rows.flatMap((row) =>
        row
          .map((given) => written(given, separator))
          .join(separator)
          .split('\n'),
      );
      const records = outOf(stage, lines, { columns: ['a', 'b', 'c'] });
      // An empty line is no row.
      const expected = rows
        .map((row) => row.map(([text]) => text))
        .filter((row, i) => row.some((text) => text !== null) || rows[i]!.length > 1);
      const { text } = look(format, [records as Value[]]);
      expect(cellsOf(text, separator).slice(1)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('every parser of texts gives the same for a text, and as text where types say so', () => {
  fc.assert(
    fc.property(numberText, (text) => {
      const readBy = (types: Value) => [
        ...outOf(csv, [`"${text}"`], { columns: ['v'], types }),
        ...outOf(tsv, [text], { columns: ['v'], types }),
        ...outOf(logfmt, [`v=${text}`], { types }),
        ...outOf(logfmt, [`v="${text}"`], { types }),
        ...outOf(regex, [`v ${text}`], { pattern: new Pattern('v (?<v>.*)'), types }),
      ];
      const [first, ...others] = readBy(true);
      for (const other of others) expect(other).toEqual(first);
      for (const other of [...readBy(false), ...readBy({ v: 'text' })]) expect(other).toEqual({ v: text });
    }),
    { numRuns: 300 },
  );
});
