import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OriginStep } from '../../../src/flow/define/step.ts';
import { cutFiles } from '../../../src/flow/files/parts.ts';
import { guessRuns } from '../../../src/run/local/parts/guessed-runs.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leat-runs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A step whose records begin at the line `begin`, wherever one looks. */
function stepOf(guess: OriginStep['guess']): OriginStep {
  return { push() {}, close() {}, advance() {}, finish() {}, recall: () => null, resume() {}, guess };
}

const atBegin = stepOf((head, lines) => ({ memory: head, before: Math.max(0, lines.indexOf('begin')) }));

function fileOf(name: string, lines: readonly string[]) {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return { name, file: path, start: 0, end: lines.join('\n').length + 1 };
}

test('borders are moved to where records begin, and what is remembered there goes with the run', () => {
  const files = [fileOf('a', ['head', 'begin', 'and', 'on', 'begin', 'on']), fileOf('b', ['other', 'begin'])];
  // The border at byte 13 stands in the third line; the next record begins at byte 18.
  const runs = guessRuns(cutFiles(files, [0.36, 0.64]), atBegin)!;
  expect(runs.map(({ memory }) => memory)).toEqual([undefined, 'head']);
  expect(runs.map(({ parts }) => parts.map(({ name, start, end }) => `${name} ${start}–${end}`))).toEqual([
    ['a 0–18'],
    ['a 18–27', 'b 0–12'],
  ]);
});

test('a border is left where it is if there is no record behind it in the run, and none is needed between files', () => {
  const files = [fileOf('a', ['head', 'on', 'on', 'begin']), fileOf('b', ['other', 'begin'])];
  const runs = guessRuns(cutFiles(files, [0.2, 0.1, 0.7]), atBegin)!;
  expect(runs.map(({ parts }) => parts[0]!.start)).toEqual([0, 6, 11]);
  expect(
    guessRuns(
      cutFiles(files, [17 / 29, 12 / 29]),
      stepOf(() => undefined),
    ),
  ).toHaveLength(2);
});

test('without a guess no input is cut', () => {
  const files = [fileOf('a', ['head', 'on', 'on', 'begin'])];
  expect(
    guessRuns(
      cutFiles(files, [0.5, 0.5]),
      stepOf(() => undefined),
    ),
  ).toBeUndefined();
  // A first line that is longer than what is looked at.
  const long = [fileOf('long', ['x'.repeat(70_000), 'begin'])];
  expect(guessRuns(cutFiles(long, [0.5, 0.5]), atBegin)).toBeUndefined();
});
