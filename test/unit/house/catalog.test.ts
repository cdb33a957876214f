import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';

const words = [...sources, ...stages, ...aggregates, ...sinks];

test('the catalog holds the language', () => {
  expect([...sources].length).toBeGreaterThanOrEqual(9);
  expect([...stages].length).toBeGreaterThanOrEqual(55);
  expect([...aggregates].length).toBeGreaterThanOrEqual(15);
  expect([...sinks].length).toBeGreaterThanOrEqual(6);
  expect([...functions].length).toBeGreaterThanOrEqual(60);
});

test.each([
  ['sources', sources],
  ['stages', stages],
  ['aggregates', aggregates],
  ['sinks', sinks],
] as const)('the catalog lists %s under their names', (_kind, list) => {
  const words: readonly { readonly name: string }[] = [...list];
  expect(words.map(({ name }) => name)).toEqual(list.names);
  for (const word of words) expect(list.get(word.name)).toBe(word);
  expect(list.has('toString')).toBe(false);
  expect(list.get('constructor')).toBeUndefined();
});

test('a word is put in the place of one of its name, and behind the others where there is none', () => {
  const none = sinks.get('none')!;
  const [first, ...others] = sinks.names;
  const quiet = { ...none, name: first! };
  expect(sinks.with(quiet).get(first!)).toBe(quiet);
  expect(sinks.with(quiet).names).toEqual([first, ...others]);
  expect([...sinks.with({ ...none, name: 'quiet' })].map(({ name }) => name)).toEqual([first, ...others, 'quiet']);
  expect(sinks.has('quiet')).toBe(false);
});

test('no other name of a word is a name already', () => {
  // `exec` is both a source and a sink.
  const names = new Set([...sources, ...stages, ...sinks].map(({ name }) => name));
  const others = [...sources, ...stages, ...sinks].flatMap(({ aliases = [] }) => aliases);
  const ofAggregates = [...aggregates].flatMap(({ aliases = [] }) => aliases);
  expect(others.length).toBeGreaterThan(4);
  expect([...names, ...others]).toEqual([...new Set([...names, ...others])]);
  const called = [...aggregates, ...functions].map(({ name }) => name);
  expect(ofAggregates.filter((name) => called.includes(name))).toEqual([]);
});

test('no stage has the name of a sink, nor of a source but that which takes a port where the stage takes nothing: a program reads one way', () => {
  const stageNames = new Set([...stages].map(({ name }) => name));
  expect([...sources, ...sinks].filter(({ name }) => stageNames.has(name)).map(({ name }) => name)).toEqual(['syslog']);
  const needed = (parameters: object) => Object.values(parameters).filter(({ named }) => !named).length;
  const of = (list: Iterable<{ readonly name: string; readonly parameters: object }>) =>
    needed([...list].find(({ name }) => name === 'syslog')!.parameters);
  expect([of(sources), of(stages)]).toEqual([1, 0]);
});

test.each(words.map((word) => [word.kind, word.name, word] as const))('%s %s says what it is', (_kind, _name, word) => {
  expect(word.summary.length).toBeGreaterThan(10);
  expect(word.summary.length).toBeLessThanOrEqual(80);
  expect(word.summary).not.toMatch(/\.$/);
  expect(word.docs.length).toBeGreaterThan(20);
  expect(word.examples.length).toBeGreaterThan(0);
  for (const example of word.examples) expect(example.program).toContain(word.name);
  for (const { docs } of Object.values(word.parameters)) expect(docs).not.toMatch(/\.$/);
});

test.each([...functions].map((definition) => [definition.name, definition] as const))(
  'function %s says what it is',
  (_n, definition) => {
    expect(definition.summary).not.toMatch(/\.$/);
    expect(definition.examples.length).toBeGreaterThan(0);
  },
);

test('a word stands in the file of its name', () => {
  for (const [folder, list] of [
    ['sources', sources],
    ['stages', stages],
    ['sinks', sinks],
  ] as const) {
    for (const { name } of list)
      expect(existsSync(join('src/flow', folder, `${name}.ts`)), `${folder}/${name}`).toBe(true);
  }
});

test('the page of the language names every source, stage, sink and aggregate, and all their other names', () => {
  const page = readFileSync('docs/language.md', 'utf8');
  const names = words.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  expect(names.length).toBeGreaterThan(130);
  expect(names.filter((name) => !new RegExp(`\`${name}\\b`).test(page))).toEqual([]);
});
