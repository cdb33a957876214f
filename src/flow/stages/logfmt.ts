import { BadRecord } from '../../base/problem.ts';
import { type NewFields, setField, type Value } from '../../base/value.ts';
import { logfmtFields } from '../bytes/logfmt-fields.ts';
import { defineStage } from '../define/stage.ts';
import { fieldReader, fieldTypes, textFields, textOf, types, typesDocs } from '../parsing/field-types.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
  '/': '/',
};
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|([ntrbf"\\/]))/g;
const BLANK = /\s*/y;
const KEY = /[^\s="]+/y;
const PLAIN = /[^\s"]\S*|/y;
/** Up to the closing quote, unrolled so that a long text costs no backtracking. */
const QUOTED = /"([^"\\]*(?:\\.[^"\\]*)*)"/sy;

/** The fields of a line of logfmt. @throws BadRecord */
export function parseLogfmt(line: string, read: (text: string, key: string) => Value): NewFields {
  const fields: NewFields = {};
  let at = 0;
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const match = expression.exec(line);
    if (match !== null) at = expression.lastIndex;
    return match;
  };
  for (;;) {
    take(BLANK);
    if (at === line.length) return fields;
    const key = take(KEY)?.[0];
    if (key === undefined) throw new BadRecord('not logfmt', `a key is missing at character ${at + 1}`);
    let value: Value = true;
    if (line[at] === '=') {
      at++;
      if (line[at] === '"') {
        const quoted = take(QUOTED);
        if (quoted === null) throw new BadRecord('not logfmt', `a quote is not closed at character ${at + 1}`);
        value = read(unescaped(quoted[1]!), key);
      } else {
        value = read(take(PLAIN)![0], key);
      }
    }
    if (at < line.length && line[at]!.trim() !== '') {
      throw new BadRecord('not logfmt', `a blank is missing at character ${at + 1}`);
    }
    setField(fields, key, value);
  }
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (_whole, unit: string | undefined, letter: string) =>
    unit === undefined ? ESCAPES[letter]! : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

export const logfmt = defineStage({
  name: 'logfmt',
  group: 'parser',
  summary: 'Lines of key=value',
  docs:
    'Gives an object for each line. A value with blanks stands in double quotes, with JSON\'s escapes (`\\"`, `\\n`, …; any other backslash is itself). A key ' +
    'alone is true, `key=` the empty string; of keys that are the same the last one counts. A blank line gives nothing; one that cannot ' +
    `be read is bad. ${typesDocs}`,
  examples: [
    {
      program: 'logfmt',
      in: 'level=info msg="GET \\"/\\"" http.ms=12 cached',
      out: '{"level":"info","msg":"GET \\"/\\"","http.ms":12,"cached":true}',
    },
  ],
  parameters: { types },
  needs: 'text',
  gives: (_input, args) => textFields(fieldTypes(args.types)),
  behaviour: {
    kind: 'record',
    create: (args) => {
      const read = fieldReader(fieldTypes(args.types));
      return (record, emit) => {
        const line = textOf(record);
        if (line.trim() !== '') emit(parseLogfmt(line, read));
      };
    },
  },
  faster: { fields: (args) => logfmtFields(fieldTypes(args.types)) },
});
