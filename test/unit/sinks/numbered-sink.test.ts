import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import type { SinkStart } from '../../../src/flow/define/sink.ts';
import { type NumberedPart, NumberedSink } from '../../../src/flow/output/numbered-sink.ts';
import { tries } from '../../support/effort.ts';
import { batch, sinkContext } from '../../support/sink.ts';

/** The other end: it takes a part once, by its sender and number, whatever else happens. */
class Receiver {
  readonly records: number[] = [];
  readonly sizes: number[] = [];
  private readonly known = new Set<string>();

  take({ sender, number, bytes }: NumberedPart): void {
    const key = `${sender}:${number}`;
    if (this.known.has(key)) return;
    this.known.add(key);
    const records = bytes.toString().trimEnd().split('\n').map(Number);
    this.sizes.push(records.length);
    this.records.push(...records);
  }
}

/** What of a run is safe. */
interface Kept {
  mark: Value | undefined;
  intents: Value[];
  /** Records and batches before the mark. */
  records: number;
  batches: number;
}

class Killed extends Error {}

interface Life {
  /** The process ends at the n-th thing that it does to others, before or behind its effect. */
  readonly endsAt: number;
  readonly isDone: boolean;
  /** Behind so many batches, or records where all is one batch, a mark is asked for. */
  readonly marks: number;
}

/** Gives a sink what comes behind the mark, until the process ends. @returns whether it came to the end. */
async function live(
  all: readonly (readonly number[])[],
  isOneBatch: boolean,
  life: Life,
  kept: Kept,
  receiver: Receiver,
) {
  let count = 0;
  let isOver = false;
  const act = (effect: () => void): void => {
    if (isOver) throw new Killed();
    const ends = ++count === life.endsAt;
    if (!ends || life.isDone) effect();
    isOver ||= ends;
    if (ends) throw new Killed();
  };
  const { context } = sinkContext({
    isOneBatch,
    isOfOneSource: true,
    intents: { write: async (intent) => act(() => kept.intents.push(intent)) },
  });
  const from: SinkStart | undefined =
    kept.mark === undefined ? undefined : { mark: kept.mark, intents: [...kept.intents] };
  const target = {
    begin: async () => {},
    put: async (part: NumberedPart) => act(() => receiver.take(part)),
    close: async () => {},
  };
  const sink = new NumberedSink({ name: 'there', format: 'json', target, context, from });
  let { records, batches } = kept;
  const keep = async () => {
    const done = { records, batches };
    const before = kept.intents.length;
    const mark = await sink.mark();
    if (mark === undefined || isOver) return;
    try {
      act(() => Object.assign(kept, { ...done, mark, intents: kept.intents.slice(before) }));
    } catch {}
  };
  if (from === undefined) await keep();
  for (const [i, list] of all.entries()) {
    if (i < batches) continue;
    const begun = all.slice(0, i).flat().length;
    for (const [j, record] of list.entries()) {
      if (begun + j < records) continue;
      sink.push(record);
      await sink.blocked();
      records = begun + j + 1;
      if (isOneBatch && sink.isClear && records % life.marks === 0) await keep();
      if (isOver) return false;
    }
    sink.close(batch(i + 1));
    batches = i + 1;
    if (batches % life.marks === 0) await keep();
  }
  await sink.finish();
  return !isOver;
}

describe.each([false, true])('all of it one batch: %s', (isOneBatch) => {
  test('each record has arrived once, wherever processes end', async () => {
    const lists = isOneBatch
      ? fc.integer({ min: 0, max: 35_000 }).map((n) => [Array.from({ length: n }, (_, i) => i)])
      : fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 }).map((sizes) => {
          let next = 0;
          return sizes.map((size) => Array.from({ length: size }, () => next++));
        });
    const lives = fc.array(
      fc.record({
        endsAt: fc.integer({ min: 1, max: 12 }),
        isDone: fc.boolean(),
        marks: isOneBatch ? fc.constantFrom(1, 7, 10_000) : fc.integer({ min: 1, max: 4 }),
      }),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(lists, lives, async (all, ends) => {
        const receiver = new Receiver();
        const kept: Kept = { mark: undefined, intents: [], records: 0, batches: 0 };
        let isDone = false;
        for (const life of [...ends, { endsAt: 0, isDone: true, marks: 3 }]) {
          isDone = await live(all, isOneBatch, life, kept, receiver);
          if (isDone) break;
        }
        expect(isDone).toBe(true);
        expect(receiver.records).toEqual(all.flat());
      }),
      { numRuns: tries(isOneBatch ? 10 : 60, isOneBatch ? 60 : 1000) },
    );
  });
});

test('a batch of a run that is kept is one part, whatever its size; of one that is not, parts', async () => {
  for (const isKept of [true, false]) {
    const receiver = new Receiver();
    const { context } = sinkContext(isKept ? { intents: { write: async () => {} } } : {});
    const target = {
      begin: async () => {},
      put: async (part: NumberedPart) => receiver.take(part),
      close: async () => {},
    };
    const sink = new NumberedSink({ name: 'there', format: 'json', target, context, from: undefined });
    for (let i = 0; i < 25_000; i++) sink.push(i);
    sink.close(batch(1));
    sink.close(batch(2));
    await sink.finish();
    expect(receiver.sizes).toEqual(isKept ? [25_000] : [10_000, 10_000, 5000]);
  }
});
