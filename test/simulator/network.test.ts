import { expect, test } from 'vitest';
import { simulateNetwork } from './network.ts';

/** `LEAT_SEED=7` runs one seed again; `LEAT_SEEDS=10000` so many of them. More of them are in many-seeds.test.ts. */
const { LEAT_SEED, LEAT_SEEDS = '200' } = process.env;

test('a run that reads of other machines gives all that came, each line once and in its batch', {
  timeout: 600_000,
}, async () => {
  const seeds =
    LEAT_SEED === undefined ? Array.from({ length: Number(LEAT_SEEDS) }, (_, seed) => seed) : [Number(LEAT_SEED)];
  for (const seed of seeds) expect(await simulateNetwork(seed)).toBeUndefined();
});
