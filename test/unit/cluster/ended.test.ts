/** Runs on a cluster that end before it has given anything, and files that are others where a piece is worked on. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wallClock } from '../../../src/base/clock.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import type { Cluster } from '../../../src/run/local/options/cluster.ts';
import { fromBytes, type PieceTask, workOnPiece } from '../../../src/run/local/parts/pieces.ts';
import { temporaryDirectory } from '../../support/directory.ts';

/** Runs a program with somebody else at work on its input, who is told how to stop the run. */
async function run(program: string, work: (stop: () => void, ...given: Parameters<Cluster['work']>) => void) {
  const stdout = new TextOutput();
  const plan = compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: 1000,
  });
  const cluster: Cluster = {
    program,
    tasks: 1,
    largestPiece: 1000,
    async work(given, signal) {
      work(() => local.stop(), given, signal);
      return { pieces: [], merged: [] };
    },
    async *records() {},
  };
  const local: LocalRun = new LocalRun(
    plan,
    {
      interval: 1000,
      once: false,
      cluster,
      clock: wallClock,
      stdin: 'file',
      stdout,
      format: 'text',
      color: false,
      stateMax: 1e9,
      kernels: true,
      tell() {},
      trace() {},
    },
    { time: 0 },
  );
  return { ...(await local.run()), printed: stdout.text };
}

test.each(['files', 'queue'])(
  'a run over %s that is stopped while others are at work prints nothing',
  async (source) => {
    const path = join(temporaryDirectory(), 'in.txt');
    writeFileSync(path, 'a\nb\n');
    const input = source === 'files' ? `files(${JSON.stringify(path)})` : 'queue(["a", "b"], ["c"])';
    let isAtWork = 0;
    const given = await run(`${input} | count`, (stop) => {
      isAtWork++;
      stop();
    });
    expect(isAtWork).toBe(1);
    expect(given).toMatchObject({ printed: '', exit: 0 });
  },
);

test('a file that is shorter where a piece of it is worked on is told of, and not read as far as it goes', async () => {
  const path = join(temporaryDirectory(), 'in.txt');
  writeFileSync(path, 'a\nb\nc\n');
  const tasks: PieceTask[] = [];
  await run(`files(${JSON.stringify(path)}) | count`, (stop, { pieces }) => {
    tasks.push(...pieces.map((bytes) => fromBytes<PieceTask>(bytes)));
    stop();
  });
  const [task] = tasks;
  expect((await workOnPiece(task!, () => {})).result.records).toBe(3);
  truncateSync(path, 4);
  await expect(workOnPiece(task!, () => {})).rejects.toThrow(
    `${path} has 4 bytes here, and 6 or more where the run was started`,
  );
});
