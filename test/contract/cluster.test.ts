/**
 * A program gives on a cluster what it gives in one process: every spec that can run there, with its input cut anywhere, any number of pieces and
 * shares, tasks in any order and some of them twice, by the frames of real workers.
 */
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProgramError } from '../../src/base/problem.ts';
import { aggregates, functions, sinks, stages } from '../../src/flow/catalog.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import { refusalOf } from '../../src/run/cluster/refusal.ts';
import { READ_HERE } from '../../src/run/local/notes/read-here.ts';
import { behavioursOf, timingOf } from '../../src/run/local/options/timing.ts';
import { runSpec } from '../../src/run/spec/run-spec.ts';
import { asFile, asLists, boundedLines, withInput } from '../../src/run/spec/scripted-input.ts';
import { parseSpec } from '../../src/run/spec/spec-file.ts';
import { Random } from '../../src/run/trials/random.ts';
import { clusterOf, Worker } from '../support/cluster.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { tries } from '../support/effort.ts';

const FOLDER = 'test/spec';

/** Whether a spec can run there. */
function isForClusters(text: string): boolean {
  const spec = parseSpec(text);
  if (spec.interruptions.length > 0) return false;
  const isBounded = boundedLines(spec) !== undefined;
  const behaviour = () => (isBounded ? asFile(0) : asLists([]));
  try {
    const plan = compileProgram(spec.program, {
      words: { sources: withInput(behaviour), stages, aggregates, sinks },
      expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
      interval: spec.interval,
    });
    const timing = timingOf(behavioursOf(plan, { stdin: 'file' }), spec.settings);
    return refusalOf(plan, timing, { stdin: true }) === undefined;
  } catch (error) {
    if (error instanceof ProgramError) return false;
    throw error;
  }
}

const specs = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.spec'))
  .map((path) => ({ path, text: readFileSync(join(FOLDER, path), 'utf8') }))
  .filter(({ text }) => isForClusters(text));

/** What a spec gave, with its notes in any order: what pieces have to say is known when they are done. */
function comparable(given: string): string {
  const lines = given.split('\n').filter((line) => line !== '' && line !== `note ${READ_HERE}`);
  const isNote = (line: string) => line.startsWith('note ');
  return [...lines.filter((line) => !isNote(line)), ...lines.filter(isNote).sort()].join('\n');
}

/** Runs a spec on a cluster that deals it out as a seed says. @returns how many pieces there were. */
async function expectSame(text: string, workers: readonly Worker[], seed: number): Promise<number> {
  const random = new Random(seed);
  const path = join(temporaryDirectory(), 'in');
  let fd: number | undefined;
  let pieces = 0;
  const result = await runSpec(text, {
    cluster(lines, program) {
      writeFileSync(path, (lines ?? []).map((line) => `${line}\n`).join(''));
      fd = openSync(path, 'r');
      const cluster = clusterOf(program, {
        workers,
        path,
        chance: (n) => random.whole(0, n - 1),
        tasks: random.whole(1, 6),
        largestPiece: random.whole(8, 200),
        counted: (count) => {
          pieces += count;
        },
      });
      return { fd, cluster };
    },
  });
  if (fd !== undefined) closeSync(fd);
  expect(comparable(result.actual), `${result.sentence} (seed ${seed})`).toBe(comparable(result.expected));
  return pieces;
}

describe('every spec that can run on a cluster', () => {
  let worker: Worker;
  let pieces = 0;
  beforeAll(() => {
    worker = Worker.here();
  });
  afterAll(() => worker.close());

  test('there are many', () => expect(specs.length).toBeGreaterThan(100));

  test.each(specs)('$path', async ({ text }) => {
    for (let seed = 0; seed < tries(1, 10); seed++) pieces += await expectSame(text, [worker], seed);
  });

  test('they were dealt out', () => expect(pieces).toBeGreaterThan(specs.length));
});
