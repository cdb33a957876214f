/** States that begin with what a stage of another run remembers, which is kept. */
import { expect, test } from 'vitest';
import { RunFailure } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import type { ReadKept } from '../../../src/flow/define/context.ts';
import { namesOf } from '../../../src/run/durable/plan-names.ts';
import { readInitialStates } from '../../../src/run/local/checkpoints/initial-states.ts';
import { planOf } from '../../support/serving.ts';

const PROGRAM =
  'queue([["a", 1]]) | updateStateByKey((v, s) => sum(v) + (s ?? 0), initial: checkpoint("old/", "sums"))';

function reading(records: readonly Value[]) {
  const asked: (readonly [string, string | undefined])[] = [];
  const read: ReadKept = async (directory, name) => {
    asked.push([directory, name]);
    return records;
  };
  return { asked, read };
}

test('are read by directory and name, and not where the run goes on with the stage', async () => {
  const plan = planOf(`${PROGRAM} | print`);
  const { asked, read } = reading([['a', 2]]);
  expect([...(await readInitialStates(plan, undefined, read))]).toEqual([
    [{ directory: 'old/', name: 'sums' }, [['a', 2]]],
  ]);
  expect(asked).toEqual([['old/', 'sums']]);
  const found = (nodes: readonly string[]) => ({ base: { nodes } }) as never;
  const kept = await readInitialStates(plan, found(namesOf(plan).nodes), read);
  expect([...kept.values()]).toEqual([[]]);
  expect(asked).toHaveLength(1);
  await readInitialStates(plan, found(['another']), read);
  expect(asked).toHaveLength(2);
});

test('have to be pairs', async () => {
  const failure = await readInitialStates(planOf(PROGRAM), undefined, reading([{ n: 1 }]).read).catch((error) => error);
  expect(failure).toBeInstanceOf(RunFailure);
  expect((failure as RunFailure).exit).toBe(3);
  expect((failure as RunFailure).message).toBe(
    'a state begins with pairs [key, state], and "sums" in old/ gives {"n":1}',
  );
});
