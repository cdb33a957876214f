import { toText } from '../../base/json.ts';
import { listOf, objectOf, type Type } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { flag, list, optionalFlag } from '../define/parameters.ts';
import { fieldType, fieldTypes, textFields, types, typesDocs } from './field-types.ts';
import { columnNames } from './row.ts';

/** What `csv` and `tsv` are given. */
export interface Layout {
  readonly delimiter: string;
  readonly header: boolean | undefined;
  readonly columns: readonly Value[] | undefined;
  readonly quotes: boolean;
  readonly types: Value;
}

/** The parameters that `csv` and `tsv` share. */
export const layoutParameters = {
  header: optionalFlag('whether the first line names the columns; true unless `columns` are given'),
  columns: list('the names of the columns, instead of those of a header', { named: true }).optional(),
  types,
  quotes: flag('whether a field may be quoted; `false` takes quotes as text like any other', true),
};

/** What the documentation of both says. */
export const layoutDocs =
  'Gives an object for each row. The first line of each file or connection names the columns, unless `columns:` does; then there is no header ' +
  'line (with `header: true` there is one, which is skipped). With `header: false` alone a row is a list. A column without a name is called by its ' +
  'number, `column3`, and a second `a` is `a_2`. Where there is a header line, nothing that holds lines until the end of a batch may stand before. Fields may be quoted as in RFC 4180, `""` standing for a quote, and then may hold delimiters ' +
  'and line ends (`\\n`); a row that is still open at the end of a batch goes on in the next. Missing fields at the end of a row are null; a row with more ' +
  'fields than columns is bad. So is one with text behind a closing quote: it goes up to where the lines that follow are rows again, or to the end of the text that its quotes leave open. A quote that is never closed (within 1,000 lines ' +
  'or 1 MB) costs the line that it stands in: reading goes on with the next one. Where the header cannot be read (it is not UTF-8, or too long), all rows are bad, and none is taken for it. Empty lines are passed over. ' +
  `${typesDocs} An empty field is null, \`""\` the empty string (with \`types: false\` both are).`;

export function layoutType({ header, columns, types }: Layout): Type {
  const typed = fieldTypes(types);
  if (columns !== undefined) {
    return objectOf(columnNames(columns.map(toText)).map((name) => [name, fieldType(typed, name)]));
  }
  return header === false ? listOf(fieldType(typed, '')) : textFields(typed);
}

/** Whether there is a header line, to be looked for at the start of each file or connection. */
export function hasHeader({ header, columns }: Pick<Layout, 'header' | 'columns'>): boolean {
  return header ?? columns === undefined;
}
