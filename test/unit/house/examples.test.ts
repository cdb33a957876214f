import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aggregates, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import type { Example } from '../../../src/flow/define/word.ts';
import { runSpec } from '../../../src/run/spec/run-spec.ts';

const home = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leat-example-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const indented = (text: string) =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

/** An example as the spec it is. */
function specOf({ program, in: input, out }: Example): string {
  const given = input === undefined ? '' : `in\n${indented(input)}\n\n`;
  return `# An example of the catalog.\nformat text\n${program}\n\n${given}text\n${indented(out)}\n`;
}

const examples = [...sources, ...stages, ...aggregates, ...sinks].flatMap((word) =>
  word.examples.map((example) => [`${word.kind} ${word.name}: ${example.program}`, example] as const),
);

test('all examples are run but for those of sources and sinks that need others, and of what writes to standard error', () => {
  const notRun = examples.filter(([, example]) => example.notRun !== undefined).map(([name]) => name);
  const unexpected = notRun.filter((name) => !/^(source|sink) /.test(name));
  expect(unexpected).toEqual(['stage tap: tap(_.length) | map(_ + "!")']);
  expect(examples.length - notRun.length).toBeGreaterThan(170);
});

test.each(examples.filter(([, { notRun }]) => notRun === undefined))('%s', async (_name, example) => {
  for (const [name, content] of Object.entries(example.files ?? {})) {
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, content);
  }
  const { actual, expected } = await runSpec(specOf(example));
  expect(actual).toBe(expected);
  for (const [name, content] of Object.entries(example.writes ?? {})) expect(readFileSync(name, 'utf8')).toBe(content);
});
