import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aggregates, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import type { Described } from '../../../src/flow/define/word.ts';
import { PLAN_PROBLEMS } from '../../../src/query/plan/check/codes.ts';
import { EXPRESSION_PROBLEMS } from '../../../src/query/plan/expression/codes.ts';
import { TEXT_PROBLEMS } from '../../../src/query/text/codes.ts';
import { runSpec } from '../../../src/run/spec/run-spec.ts';
import { parseSpec } from '../../../src/run/spec/spec-file.ts';

const FOLDER = 'test/spec';

const specs = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec'))
  .map((path) => ({ path, ...parseSpec(readFileSync(join(FOLDER, path), 'utf8')) }));

/** The problem codes that a spec expects. */
const expectedCodes = new Map(
  specs.map(({ path, expected }) => [
    path,
    (expected.problem ?? []).flatMap((line) => /^error\[([^\]]+)\]/.exec(line)?.[1] ?? []),
  ]),
);

const codes = new Set(Object.keys({ ...TEXT_PROBLEMS, ...EXPRESSION_PROBLEMS, ...PLAN_PROBLEMS }));

/**
 * Whether a word needs something outside of a spec, which has no network, files, processes or clock: none of its examples does without.
 * Such words have tests of their own.
 */
const needsOutside = ({ examples }: Described): boolean =>
  examples.every(({ notRun, files, writes }) => notRun !== undefined || files !== undefined || writes !== undefined);

/** The names that no program of a spec has; those of problems do not count. */
function namesWithoutSpec(words: readonly { readonly name: string }[], sign = ''): string[] {
  const programs = specs.filter(({ expected }) => expected.problem === undefined).map(({ program }) => program);
  return words
    .map(({ name }) => name)
    .filter((name) => !programs.some((program) => new RegExp(`\\b${name}\\b${sign}`).test(program)));
}

describe('every word has a spec with a program that is right', () => {
  test('stages', () => {
    expect(namesWithoutSpec([...stages])).toEqual([]);
  });

  test('aggregates', () => {
    expect(namesWithoutSpec([...aggregates], '\\(')).toEqual([]);
  });

  test('other names of words', () => {
    const named = [...stages, ...aggregates, ...sinks, ...sources].flatMap(({ aliases = [] }) => aliases);
    expect(named.length).toBeGreaterThan(7);
    expect(namesWithoutSpec(named.map((name) => ({ name })))).toEqual([]);
  });

  test('sources and sinks that need nothing outside', () => {
    expect(namesWithoutSpec([...sources, ...sinks].filter((word) => !needsOutside(word)))).toEqual([]);
  });
});

test('an aggregate that there is not is answered with all there are', async () => {
  const { rewritten } = await runSpec('# All are named.\nwords | aggregate({n: 5})\n\nproblem\n    x\n');
  expect(rewritten).toContain(
    `help: the aggregates are ${[...aggregates].map(({ name }) => `\`${name}\``).join(', ')}\n`,
  );
});

describe('problem codes', () => {
  test('every one has a spec', () => {
    const seen = new Set([...expectedCodes.values()].flat());
    // What is not installed is no matter of a spec; test/unit/drivers has it.
    seen.add('missing-driver');
    expect([...codes].filter((code) => !seen.has(code))).toEqual([]);
  });

  test.each([...expectedCodes].filter(([, found]) => found.length > 0))('%s uses known ones', (_path, found) => {
    expect(found.filter((code) => !codes.has(code))).toEqual([]);
  });

  test('are in kebab-case', () => {
    expect([...codes].filter((code) => !/^[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
  });
});

test.each(specs)('$path is called by what it says, in one sentence', ({ path, sentence }) => {
  expect(basename(path, '.spec')).toMatch(/^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/);
  expect(sentence).toMatch(/^[^\s].*\.$/);
});

test('no two specs say the same sentence', () => {
  const sentences = specs.map(({ sentence }) => sentence);
  expect(sentences.filter((sentence, i) => sentences.indexOf(sentence) !== i)).toEqual([]);
});

test('there is nothing that we are not proud of', () => {
  const folder = join(FOLDER, 'known-bad');
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
});
