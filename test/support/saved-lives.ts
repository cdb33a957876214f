/** Lives of `save` at a store elsewhere, each ended at a random request; the next goes on from what was kept. */
import { expect } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import type { Sink, SinkStart } from '../../src/flow/define/sink.ts';
import { save } from '../../src/flow/sinks/save.ts';
import { Random } from '../../src/run/trials/random.ts';
import { batch, openSink, sinkContext } from './sink.ts';

interface Store {
  /** What `save` is told. */
  readonly args: { readonly [name: string]: unknown };
  /** Decides what becomes of each request from now on. */
  lucky(luck: () => 'well' | 'unanswered' | 'undone'): void;
  /** The text of all files that were saved. */
  texts(): readonly string[];
}

/** That what was pushed and kept is there once. */
export async function expectEachRecordOnce(seed: number, store: Store): Promise<void> {
  const random = new Random(seed);
  let kept: { start: SinkStart | undefined; records: number; end: number } = { start: undefined, records: 0, end: 0 };
  const total = 12;
  for (let life = 0; kept.records < total; life++) {
    let left = life > 20 ? Number.POSITIVE_INFINITY : random.whole(1, 40);
    store.lucky(() => (left-- > 0 ? 'well' : left === -1 && random.chance(0.5) ? 'unanswered' : 'undone'));
    const intents: Value[] = [...(kept.start?.intents ?? [])];
    const from = kept.start;
    const { context, reports } = sinkContext({ intents: { write: async (intent) => void intents.push(intent) } });
    const sink: Sink = openSink(save, { ...store.args, retry: 0 }, context, from);
    let { records, end } = kept;
    const keep = async () => {
      const mark = await sink.mark!();
      if (mark === undefined) return;
      intents.splice(0);
      kept = { start: { mark, intents }, records, end };
    };
    if (from === undefined) await keep();
    while (records < total && reports.failures.length === 0) {
      // A batch that comes again is cut elsewhere, and ends at another time.
      const size = Math.min(random.whole(1, 3), total - records);
      for (let i = 0; i < size; i++) sink.push(`${records + i}`);
      end += random.whole(1, 5);
      sink.close({ ...batch(1), end });
      records += size;
      if (random.chance(0.7)) await keep();
    }
    await keep();
    if (kept.start !== undefined) kept.start = { mark: kept.start.mark, intents: [...intents] };
    await sink.finish();
  }
  const lines = store.texts().flatMap((text) => text.split('\n').slice(0, -1));
  expect(lines.map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
}
