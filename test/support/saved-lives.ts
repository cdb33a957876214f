/** Lives of `save` at a store elsewhere, each ended at a random request; the next goes on from what was kept. */
import { expect } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import type { Sink, SinkParts, SinkStart } from '../../src/flow/define/sink.ts';
import { save } from '../../src/flow/sinks/save.ts';
import { Random } from '../../src/run/trials/random.ts';
import { batch, openPartOf, openSink, sinkContext } from './sink.ts';

interface Store {
  /** What `save` is told. */
  readonly args: { readonly [name: string]: unknown };
  /** Decides what becomes of each request from now on. */
  lucky(luck: () => 'well' | 'unanswered' | 'undone'): void;
  /** The text of all files that were saved. */
  texts(): readonly string[];
}

/** Has each record written as a part of a batch by somebody else. @returns whether that went well. */
async function takeParts({ args }: Store, parts: SinkParts, records: readonly string[], end: number): Promise<boolean> {
  for (const record of records) {
    const number = parts.next;
    const part = openPartOf(save, { ...args, retry: 0 }, number);
    part.push(record);
    part.close({ ...batch(1), end });
    await part.finish();
    if (part.written === undefined) return false;
    parts.take(part.written, number);
  }
  return true;
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
      const some = Array.from({ length: size }, (_, i) => `${records + i}`);
      end += random.whole(1, 5);
      if (sink.parts !== undefined && random.chance(0.8)) {
        if (!(await takeParts(store, sink.parts, some, end))) break;
      } else for (const record of some) sink.push(record);
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
