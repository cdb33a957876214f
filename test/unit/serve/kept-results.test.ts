import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNKNOWN } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Batch } from '../../../src/run/serve/batch.ts';
import { Events } from '../../../src/run/serve/batch-text.ts';
import { KeptResults } from '../../../src/run/serve/kept-results.ts';
import { View } from '../../../src/run/serve/view.ts';
import { Disk } from '../../../src/run/trials/disk.ts';
import { randomFrom } from '../../../src/run/trials/random.ts';
import { tries } from '../../support/effort.ts';

const KEEP = 5000;

function viewOf(keep = KEEP): View {
  return new View({
    name: 'v',
    keep,
    rowKeys: { columns: ['k'], hasPairs: false },
    isLog: false,
    isRunning: false,
    interval: 1000,
    type: UNKNOWN,
  });
}

/** One life of a process: a view, whose results are kept on that disk from a mark on. */
function begun(disk: Disk, run: string, mark: Value | undefined) {
  const files = disk.life();
  const view = viewOf();
  const events = new Events('v', run);
  const kept = new KeptResults({ files, directory: 'kept' }, events, view.ring);
  if (mark !== undefined) view.restore(kept.restore(mark));
  view.follow({ batch: (batch) => kept.add(batch), end() {} });
  return { files, view, events, kept };
}

const idsOf = (events: Events, batches: readonly Batch[]) => batches.map((batch) => events.idOf(batch));

/** Rows of one result; of some there are more than are kept over a restart. */
const result = fc.oneof(
  { weight: 20, arbitrary: fc.uniqueArray(fc.nat(30), { maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 20_001 }, (_, i) => i)) },
);
/** What a life finds before it is killed, and at which of it the mark is kept. */
const life = fc.array(fc.record({ keys: result, value: fc.nat(3), isMarked: fc.boolean() }), { maxLength: 12 });

test('another run shows what was kept up to the mark, and nothing of what came behind it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(life, { maxLength: 4 }), async (seed, lives) => {
      const disk = new Disk(randomFrom(seed), true);
      let mark: Value | undefined;
      let shown: { readonly ids: readonly string[]; readonly batches: readonly Batch[] } = { ids: [], batches: [] };
      let time = 0;
      for (const [i, results] of lives.entries()) {
        const { files, view, events, kept } = begun(disk, `r${i}`, mark);
        expect(idsOf(events, view.ring.all)).toEqual(shown.ids);
        expect(view.ring.all.map(({ keys, records, span }) => ({ keys, records, span }))).toEqual(
          shown.batches.map(({ keys, records, span }) => ({ keys, records, span })),
        );
        for (const { keys, value, isMarked } of results) {
          time += 1000;
          for (const k of keys) view.push({ k, n: k % 2 === 0 ? value : 0 });
          view.close({ time, start: time - 1000, end: time, partial: false }, undefined);
          if (!isMarked) continue;
          mark = await kept.mark();
          // Those in front of one that is too long are gone with it.
          const { all } = view.ring;
          const batches = all.slice(all.findLastIndex(({ records }) => records.length > 20_000) + 1);
          shown = { ids: idsOf(events, batches), batches };
        }
        files.kill();
        disk.losePower();
      }
    }),
    { numRuns: tries(60) },
  );
});

test('files of which nothing is kept any more go, and what a file says that is damaged is not taken', async () => {
  const disk = new Disk(randomFrom(1), true);
  const { files, view, kept } = begun(disk, 'r', undefined);
  let mark: Value = null;
  for (let i = 1; i <= 1000; i++) {
    view.push({ k: 1, n: i });
    view.close({ time: i * 1000, start: i * 1000 - 1000, end: i * 1000, partial: false }, undefined);
    mark = await kept.mark();
  }
  expect(files.list('kept').length).toBeLessThanOrEqual(2);
  const next = begun(disk, 's', mark);
  expect(next.view.ring.all.map(({ number }) => number)).toEqual([996, 997, 998, 999, 1000]);
  const [name] = next.files.list('kept');
  await (await next.files.open(`kept/${name}`, 'append')).cut(100);
  expect(() => begun(disk, 't', mark)).toThrow(/results-\d+: it is not what was written/);
});
