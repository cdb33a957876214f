import { expect, test } from 'vitest';
import { tries } from '../support/effort.ts';
import { simulate } from './simulate.ts';

/** `LEAT_SEED=7` runs one seed again; `LEAT_SEEDS=10000` so many of them. */
const { LEAT_SEED, LEAT_SEEDS = String(tries(500, 10_000)) } = process.env;

test('a live run gives the batches that it should, whatever happens to it', { timeout: 600_000 }, async () => {
  const seeds =
    LEAT_SEED === undefined ? Array.from({ length: Number(LEAT_SEEDS) }, (_, seed) => seed) : [Number(LEAT_SEED)];
  for (const seed of seeds) expect(await simulate(seed)).toBeUndefined();
});
