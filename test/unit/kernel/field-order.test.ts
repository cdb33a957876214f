import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { fieldNames } from '../../support/values.ts';
import { FastLaneUse } from './both-ways.ts';

/** The fields of a record as they were written, of different names. */
type Entries = readonly (readonly [name: string, value: number])[];

const records: fc.Arbitrary<Entries> = fc.uniqueArray(fc.tuple(fieldNames, fc.integer({ min: 1, max: 9 })), {
  selector: ([name]) => name,
  minLength: 1,
  maxLength: 6,
});

const text = (name: string) => JSON.stringify(name);
const json = (entries: Entries) => `{${entries.map(([name, value]) => `${text(name)}:${value}`).join(',')}}`;
const member = (name: string) => `_[${text(name)}]`;

const use = new FastLaneUse();

/** What a program makes of lines, by the rows of kernels and by records. */
async function both(program: string, lines: string): Promise<string[]> {
  const { told, out } = await use.bothWays(program, [Buffer.from(lines)]);
  expect(told).toEqual([]);
  return out.split('\n').slice(0, -1);
}

/** Fields set one after the other: a name that is there keeps its place. */
function merged(...parts: Entries[]): Entries {
  return [...new Map(parts.flat())];
}

/** Ways through which an object comes out as it went in. */
const SAME = [
  '',
  '| map(_)',
  '| map({..._})',
  '| map(x => { const: null, ...x }) | map(fromEntries(entries(_).slice(1)))',
  '| map(fromEntries(entries(_)))',
  '| map(parseJson(toJson(_)))',
  '| map(o => fromEntries(keys(o).map(k => [k, o[k]])))',
  '| map([_, values(_)]) | map(p => fromEntries(keys(p[0]).map((k, i) => [k, p[1][i]])))',
  '| distinct',
  '| sort',
  '| sortBy(x => 1)',
  '| countByValue | keys',
  '| reduce((a, b) => b)',
  '| groupBy(_, {n: count()}) | map(.key)',
  '| aggregate({all: list(_)}) | flatMap(.all)',
  '| aggregate({all: set(_)}) | flatMap(.all)',
  '| map([1, _]) | groupByKey | flatMap(_[1])',
  '| dedupe(_, within: 1m)',
  '| top(3)',
  '| union(given | json | filter(x => false))',
];

test('an object is the same, in the same order, whatever it goes through', async () => {
  await fc.assert(
    fc.asyncProperty(records, fc.constantFrom(...SAME), async (entries, way) => {
      expect(await both(`given | json ${way}`, `${json(entries)}\n`)).toEqual([json(entries)]);
    }),
    { numRuns: 150 },
  );
});

test('a name may be written with escapes, and with blanks around it', async () => {
  await fc.assert(
    fc.asyncProperty(records, async (entries) => {
      const escaped = (name: string) =>
        `"${[...name.split('')].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
      const line = `{ ${entries.map(([name, value]) => `${escaped(name)} : ${value}`).join('\t, ')} }`;
      expect(await both('given | json', `${line}\n`)).toEqual([json(entries)]);
    }),
    { numRuns: 50 },
  );
});

test('what is written into an object keeps its place, or stands behind what was there', async () => {
  await fc.assert(
    fc.asyncProperty(records, records, async (first, second) => {
      const literal = second.map(([name, value]) => `${text(name)}: ${value}`).join(', ');
      const computed = second.map(([name, value]) => `[${text(name)}]: ${value}`).join(', ');
      for (const given of [literal, computed]) {
        expect(await both(`given | json | map({..._, ${given}})`, `${json(first)}\n`)).toEqual([
          json(merged(first, second)),
        ]);
        expect(await both(`given | json | map({${given}, ..._})`, `${json(first)}\n`)).toEqual([
          json(merged(second, first)),
        ]);
      }
      expect(await both(`given | json | stamp`, `${json(first)}\n`)).toEqual([
        json(
          merged(first, [
            ['start', 0],
            ['end', 1000],
          ]),
        ),
      ]);
    }),
    { numRuns: 40 },
  );
});

test('a group has the columns of its key, then its aggregates, as they were written; fields are read by their names', async () => {
  await fc.assert(
    fc.asyncProperty(records, records, fc.boolean(), async (key, others, whole) => {
      const taken = new Set(key.map(([name]) => name));
      const columns = others.filter(([name]) => !taken.has(name));
      const by = `{${key.map(([name]) => `${text(name)}: ${member(name)}`).join(', ')}}`;
      const sums = columns.map(([name]) => `${text(name)}: sum(${member(name)})`).join(', ');
      const line = json(merged(key, columns));
      const filter = whole ? '' : `| filter(${member(key[0]![0])} > 0)`;
      const values = new Map(merged(key, columns));
      const expected = merged(
        key.map(([name]) => [name, values.get(name)!] as const),
        columns.map(([name]) => [name, 2 * values.get(name)!] as const),
      );
      expect(await both(`given | json ${filter} | groupBy(${by}, {${sums}})`, `${line}\n${line}\n`)).toEqual([
        json(expected),
      ]);
      const picked = key.map(([name]) => `${text(name)}: ${member(name)}`).join(', ');
      expect(await both(`given | json ${filter} | map({${picked}})`, `${line}\n`)).toEqual([
        json(key.map(([name]) => [name, values.get(name)!])),
      ]);
    }),
    { numRuns: 40 },
  );
});

test('columns of csv keep their places and their names, read whole or only some of them', async () => {
  // Control characters would be told as another kind of file, which a program says in notes.
  const columns = records.map((entries) => entries.filter(([name]) => /^[^\p{C}\p{Z}]+$/u.test(name)));
  await fc.assert(
    fc.asyncProperty(columns, fc.nat(), async (entries, pick) => {
      fc.pre(entries.length > 0);
      const lines = [
        entries.map(([name]) => `"${name.replaceAll('"', '""')}"`),
        entries.map(([, value]) => value),
        entries.map(([, value]) => value),
      ].map((cells) => `${cells.join(',')}\n`);
      expect(await both('given | csv', lines.join(''))).toEqual([json(entries), json(entries)]);
      const [name, value] = entries[pick % entries.length]!;
      expect(
        await both(`given | csv | groupBy({${text(name)}: ${member(name)}}, {n: count()})`, lines.join('')),
      ).toEqual([json(merged([[name, value]], [['n', 2]]))]);
    }),
    { numRuns: 60 },
  );
});

afterAll(() => use.expectTaken('json', 'filter', 'groupBy', 'csv'));
