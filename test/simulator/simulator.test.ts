import { expect, test } from 'vitest';
import { simulate } from './simulate.ts';

/** `LEAT_SEED=7` runs one seed again; `LEAT_SEEDS=10000` so many of them. More of them are in many-seeds.test.ts. */
const { LEAT_SEED, LEAT_SEEDS = '500' } = process.env;

test('a live run gives the batches that it should, whatever happens to it', { timeout: 600_000 }, async () => {
  const seeds =
    LEAT_SEED === undefined ? Array.from({ length: Number(LEAT_SEEDS) }, (_, seed) => seed) : [Number(LEAT_SEED)];
  for (const seed of seeds) expect(await simulate(seed)).toBeUndefined();
});
