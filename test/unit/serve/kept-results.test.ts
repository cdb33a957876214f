import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNKNOWN } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Batch } from '../../../src/run/serve/batch.ts';
import { Events } from '../../../src/run/serve/batch-text.ts';
import { KeptResults } from '../../../src/run/serve/kept-results.ts';
import { View } from '../../../src/run/serve/view.ts';
import { Disk } from '../../../src/run/trials/disk.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { tries } from '../../support/effort.ts';

function viewOf(keep: number): View {
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

/** With a directory that is there for certain. */
async function diskWith(seed: number): Promise<Disk> {
  const disk = new Disk(new Random(seed));
  disk.makeDirectory('kept');
  await disk.life().syncDirectory('');
  return disk;
}

/** One life of a process: a view, whose results are kept on that disk from a mark on. */
function begun(disk: Disk, run: string, mark: Value | undefined, keep = 1e9) {
  const files = disk.life();
  const view = viewOf(keep);
  const events = new Events('v', run);
  const kept = new KeptResults({ files, directory: 'kept' }, events, view.ring);
  if (mark !== undefined) view.restore(kept.restore(mark));
  view.follow({ batch: (batch) => kept.add(batch), end() {} });
  return { files, view, events, kept };
}

const idsOf = (events: Events, batches: readonly Batch[]) => batches.map((batch) => events.idOf(batch));

/** Of more rows than are kept over a restart. */
const LONG = Array.from({ length: 20_001 }, (_, i) => i);
const keys = fc.uniqueArray(fc.nat(30), { maxLength: 20 });
const isLong = fc.nat(19).map((n) => n === 0);
/** What a life finds before it is killed, and at which of it the mark is kept. */
const life = fc.array(fc.record({ keys, isLong, value: fc.nat(3), isMarked: fc.boolean() }), { maxLength: 12 });

/** Of results that follow each other those that are shown again: none that is too long, and none in front of one that was. */
function kept(all: readonly Batch[]): readonly Batch[] {
  const last = all.findLastIndex(({ records }) => records.length <= 20_000);
  const first = all.findLastIndex(({ records }, i) => i < last && records.length > 20_000);
  return all.slice(first + 1, last + 1);
}

test('another run shows what was kept up to the mark, and nothing of what came behind it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(life, { maxLength: 4 }), async (seed, lives) => {
      const disk = await diskWith(seed);
      let mark: Value | undefined;
      let shown: { readonly ids: readonly string[]; readonly batches: readonly Batch[] } = { ids: [], batches: [] };
      let time = 0;
      for (const [i, results] of lives.entries()) {
        const { files, view, events, kept: writing } = begun(disk, `r${i}`, mark);
        expect(idsOf(events, view.ring.all)).toEqual(shown.ids);
        expect(view.ring.all.map(({ keys, records, span }) => ({ keys, records, span }))).toEqual(
          shown.batches.map(({ keys, records, span }) => ({ keys, records, span })),
        );
        for (const { keys, isLong, value, isMarked } of results) {
          time += 1000;
          for (const k of isLong ? LONG : keys) view.push({ k, n: k % 2 === 0 ? value : 0 });
          view.close({ time, start: time - 1000, end: time, partial: false }, undefined);
          if (!isMarked) continue;
          mark = await writing.mark();
          const batches = kept(view.ring.all);
          shown = { ids: idsOf(events, batches), batches };
        }
        files.kill();
        disk.losePower();
      }
    }),
    { numRuns: tries(60, 1000) },
  );
});

test('files of which nothing is kept any more go, and what a file says that is damaged is not taken', async () => {
  const disk = await diskWith(1);
  const { files, view, kept } = begun(disk, 'r', undefined, 5000);
  let mark: Value = null;
  for (let i = 1; i <= 1000; i++) {
    view.push({ k: 1, n: i });
    view.close({ time: i * 1000, start: i * 1000 - 1000, end: i * 1000, partial: false }, undefined);
    mark = await kept.mark();
  }
  expect(files.list('kept').length).toBeLessThanOrEqual(2);
  const next = begun(disk, 's', mark, 5000);
  expect(next.view.ring.all.map(({ number }) => number)).toEqual([996, 997, 998, 999, 1000]);
  const [name] = next.files.list('kept');
  await (await next.files.open(`kept/${name}`, 'append')).cut(100);
  expect(() => begun(disk, 't', mark)).toThrow(/results-\d+: it is not what was written/);
});
