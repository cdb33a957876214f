import { expect, test } from 'vitest';
import type { Chunk } from '../../../src/flow/define/chunk.ts';
import type { Position } from '../../../src/flow/define/position.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { Inbox } from '../../../src/run/local/drivers/inbox.ts';
import { keptBehind } from '../../../src/run/local/reading/kept-behind.ts';
import { Reader } from '../../../src/run/local/reading/reader.ts';
import { RunCursor } from '../../../src/run/local/steps/run-cursor.ts';

const nobody: Step = { push() {}, close() {}, advance() {}, finish() {} };
const place: Chunk = { kind: 'position', behind: [{ key: 'app.log', at: 0 }] };

/** A source whose chunks wait in the inbox until they are taken, and what a run keeps of it at the call. */
function waiting() {
  const inbox = new Inbox(1000);
  const reader = new Reader(new RunCursor(), nobody, () => {}, false);
  const stop = new AbortController();
  const snapshots: (Position | undefined)[] = [];
  const deliver = (chunk: Chunk) => inbox.put({ reader, chunk, arrived: 0 });
  const kept = async () => void snapshots.push(reader.taken.position);
  return {
    reader,
    stop,
    snapshots,
    deliver,
    kept: keptBehind(kept, deliver, stop.signal)!,
    take() {
      for (let next = inbox.take(); next !== undefined; next = inbox.take()) next.reader.read(next.chunk);
    },
  };
}

test('who asks whether its place is kept is told so when that has left the inbox, and is in what is kept', async () => {
  const source = waiting();
  source.deliver(place);
  const safe = source.kept();
  await new Promise((resolve) => setImmediate(resolve));
  expect(source.snapshots).toEqual([]);
  source.take();
  await safe;
  expect(source.snapshots).toEqual([[{ key: 'app.log', at: 0 }]]);
});

test('a source of which nothing more is wanted waits for nothing, nor one that is to end', async () => {
  const closed = waiting();
  closed.reader.close();
  const safe = closed.kept();
  closed.take();
  await safe;
  const stopped = waiting();
  const never = stopped.kept();
  stopped.stop.abort();
  await never;
  expect([closed.snapshots.length, stopped.snapshots.length]).toEqual([1, 1]);
});

test('where nothing is kept nobody is asked', () => {
  expect(keptBehind(undefined, () => undefined, new AbortController().signal)).toBeUndefined();
});
