/**
 * The row form is the meaning of a program, and one thread its order: every spec gives what it says without kernels too, and where its input may be shared
 * among threads, with three of them. (Cut and restored it is in `snapshot.test.ts`.)
 */
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aggregates, functions, sinks, sources, stages } from '../../src/flow/catalog.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import { partedStages } from '../../src/run/local/parts/parted-plan.ts';
import { runSpec } from '../../src/run/spec/run-spec.ts';
import { parseSpec } from '../../src/run/spec/spec-file.ts';
import type { SpecManner } from '../../src/run/spec/started.ts';
import { isLong } from '../support/effort.ts';

const FOLDER = 'test/spec';
const specs = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec'))
  .map((path) => ({ path, text: readFileSync(join(FOLDER, path), 'utf8') }));

async function expectSame(text: string, manner: SpecManner): Promise<void> {
  const result = await runSpec(text, manner);
  expect(result.actual, result.sentence).toBe(result.expected);
}

describe('without kernels', () => {
  test.each(specs)('$path', ({ text }) => expectSame(text, { kernels: false }));
});

/** Whether threads may work on the input of a spec. */
function isShared(text: string): boolean {
  const { program, input, interval } = parseSpec(text);
  if (input.every(({ time, lines }) => time !== undefined || lines.length < 2)) return false;
  try {
    const plan = compileProgram(program, {
      words: { sources, stages, aggregates, sinks },
      expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
      interval,
    });
    return plan.sources.every(({ definition }) => definition.isDefault) && partedStages(plan) !== undefined;
  } catch {
    return false;
  }
}

/** Of so many specs one is run with threads in `npm test`. */
const ONE_OF = 5;

describe('with three threads', () => {
  const shared = specs.filter(({ text }) => isShared(text));

  test('there are specs to run', () => {
    expect(shared.length).toBeGreaterThan(25);
  });

  let started = 0;
  const count = () => void started++;
  beforeAll(() => void process.on('worker', count));
  afterAll(() => void process.off('worker', count));

  test.each(shared.filter((_, i) => isLong || i % ONE_OF === 0))('$path', async ({ text }) => {
    const directory = mkdtempSync(join(tmpdir(), 'leat-spec-'));
    const held: number[] = [];
    try {
      await expectSame(text, {
        threads(lines, program) {
          const path = join(directory, 'in');
          writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
          const fd = openSync(path, 'r');
          held.push(fd);
          const script = new URL('../../bin/part-worker.js', import.meta.url);
          return { fd, workers: { count: 3, isAsked: true, script, program } };
        },
      });
    } finally {
      for (const fd of held) closeSync(fd);
      rmSync(directory, { recursive: true });
    }
  });

  test('threads were started at all', () => {
    expect(started).toBeGreaterThan(shared.length / ONE_OF);
  });
});
