import { expect, test } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Origin } from '../../../src/flow/define/chunk.ts';
import type { RunContext } from '../../../src/flow/define/context.ts';
import { rowStep } from '../../../src/flow/parsing/row-step.ts';
import { Reader } from '../../../src/run/local/reading/reader.ts';
import { RunCursor } from '../../../src/run/local/steps/run-cursor.ts';
import { run } from '../kernel/both-ways.ts';

const utf8 = (text: string) => Buffer.from(text);
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

test.each([
  ['Latin-1', [latin1('größe,n\n'), utf8('1,2\n3,4\n')], 3],
  ['Latin-1 behind an empty line', [latin1('\ngröße,n\n1,2\n3,4\n')], 3],
  ['UTF-16 with a mark', [utf16('\ufeffa,b\n1,2\n')], 3],
  ['UTF-16 without one', [utf16('a,b\n1,2\n')], 3],
])('a header in %s makes no other line the header', async (name, chunks, bad) => {
  const byKernel = await run('given | csv | map(.n)', chunks, true);
  const byRows = await run('given | csv', chunks, false);
  expect(byRows.out).toBe('');
  expect(byRows.bad).toBe(bad);
  const from = name.includes('UTF-16') ? 'utf-16' : 'latin1';
  expect(byRows.told.join('\n')).toMatch(
    new RegExp(`the header could not be read .*convert the file, as by iconv -f ${from}`),
  );
  expect({ ...byKernel, told: [] }).toEqual({ ...byRows, told: [] });
});

test('columns of the program need no header, and a line that is lost later is no header', async () => {
  const chunks = [latin1('größe,n\n1,2\n'), latin1('é,3\n'), utf8('4,5\n')];
  const named = await run('given | csv(columns: ["x", "n"], header: true) | map(.n)', chunks, true);
  expect(named.out).toBe('2\n5\n');
  const first = await run('given | csv | map(.n)', [utf8('x,n\n'), ...chunks], false);
  expect(first.out).toBe('2\n5\n');
});

test('a header that is too long is told with what to do', () => {
  const bads: BadRecord[] = [];
  const rows: Value[] = [];
  const cursor = new RunCursor();
  const bad = (problem: BadRecord) => void bads.push(problem);
  const layout = { delimiter: ',', quotes: true, types: true, header: undefined, columns: undefined };
  const down = { push: (row: Value) => void rows.push(row), close() {}, advance() {}, finish() {} };
  const step = rowStep(layout, { cursor, bad } as unknown as RunContext, down);
  const reader = new Reader(cursor, step, bad, true);
  const origin: Origin = { id: 0, name: 'a.csv', source: 0, lines: 0 };
  reader.read({ kind: 'bad', origin, problem: new BadRecord('longer than maxLine', '10b'), text: 'aaaa' });
  reader.read({ kind: 'text', origin, bytes: utf8('1,2\n3,4\n') });
  expect(rows).toEqual([]);
  expect(bads.map(({ reason }) => reason)).toEqual([
    'longer than maxLine',
    'the header could not be read',
    'the header could not be read',
  ]);
  expect(bads[1]?.detail).toBe(
    'longer than maxLine; allow for longer lines with maxLine:, or name the columns: columns: […], header: true',
  );
});
