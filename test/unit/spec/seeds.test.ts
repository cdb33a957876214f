/** Seeds find nothing in a program that is right, and what is wrong where a line of leat is another. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as seeds from '../../../src/run/spec/seeds.ts';
import { tries } from '../../support/effort.ts';
import { type Fault, moduleWith } from '../../support/planted.ts';

const SPECS = [
  'crash-loses-nothing',
  'append-has-each-batch-once',
  'crash-keeps-event-time',
  'crash-keeps-keyed-state',
  'crash-keeps-what-was-bad',
].map((name) => [name, readFileSync(`test/spec/kept/${name}.spec`, 'utf8')] as const);

const count = tries(4, 40);

test.each(SPECS)('%s gives what one process gives, whatever happens', async (_name, text) => {
  for (let seed = 1; seed <= count; seed++) expect(await seeds.runSeed(text, seed), `seed ${seed}`).toBeUndefined();
});

test('input that is one batch, and lists, are held to one process as well', async () => {
  const bounded = '# Lines.\nwords | countByValue | append("n.txt")\n\nin\n    a b a\n    b\n    c\n';
  const lists = '# Lists.\nqueue(["a"], [], ["b", "a"]) | countByValue | running\n';
  for (const text of [bounded, lists])
    for (let seed = 1; seed <= count; seed++) expect(await seeds.runSeed(text, seed), `seed ${seed}`).toBeUndefined();
});

const FAULTS: { readonly [what: string]: Fault } = {
  'steps begin anew': {
    file: 'src/run/local/checkpoints/checkpoints.ts',
    line: 'this.memory.restore(own, sources, refits);',
    planted: '',
  },
  'lists go on as from another place': {
    file: 'src/run/local/drivers/core.ts',
    line: 'node.definition.name, undefined, split);',
    planted: 'node.definition.name);',
  },
};

test.each(Object.entries(FAULTS))('seeds find: %s', { timeout: 120_000 }, async (_what, fault) => {
  const { runSeed } = await moduleWith<typeof seeds>('src/run/spec/seeds.ts', fault);
  const lists = readFileSync('test/spec/event-time/session-by-gap.spec', 'utf8');
  for (let seed = 1; seed <= 40; seed++) if ((await runSeed(lists, seed)) !== undefined) return;
  expect.unreachable('nothing was found');
});

test('what a seed shows says what happened', async () => {
  const { runSeed } = await moduleWith<typeof seeds>('src/run/spec/seeds.ts', FAULTS['steps begin anew']!);
  for (let seed = 1; seed <= 40; seed++) {
    const failure = await runSeed(SPECS[0]![1], seed);
    if (failure === undefined) continue;
    expect(failure.happened.join()).toMatch(/killed|stopped|stood still/);
    expect(failure.actual).not.toBe(failure.expected);
    return;
  }
  expect.unreachable('nothing was found');
});

test('batches counts one process, and is no measure of several', async () => {
  await expect(seeds.runSeed('# Some.\nbatches 2\nwords\n\nin 1s a\n', 1)).rejects.toThrow(
    'batches counts one process',
  );
});
