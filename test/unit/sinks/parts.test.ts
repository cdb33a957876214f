/** A batch whose files others have written: they get their names with it, and lose them where the run goes back. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Value } from '../../../src/base/value.ts';
import type { SinkStart } from '../../../src/flow/define/sink.ts';
import { save } from '../../../src/flow/sinks/save.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { batch, openPartOf, openSink, runBatches, sinkContext } from '../../support/sink.ts';

const argsIn = (folder: string) => ({ prefix: join(folder, 'x'), suffix: 'txt', parts: true });

async function putAside(folder: string, number: number, record: string): Promise<Value> {
  const part = openPartOf(save, argsIn(folder), number);
  part.push(record);
  part.close(batch(1));
  await part.finish();
  return part.written!;
}

const named = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );

test('what is put aside has no name before the batch is over; what the sink is given itself is a part behind', async () => {
  const folder = temporaryDirectory();
  const sink = openSink(save, argsIn(folder), sinkContext().context);
  sink.parts!.take(await putAside(folder, 0, 'a'), 0);
  sink.parts!.take(await putAside(folder, 3, 'b'), 3);
  sink.push('c');
  expect([named(folder), sink.isHolding, sink.isClear, sink.parts!.next]).toEqual([{}, true, false, 4]);
  sink.close(batch(1));
  expect([sink.isHolding, sink.parts!.next]).toEqual([false, 0]);
  sink.close(batch(2));
  await sink.finish();
  expect(named(folder)).toEqual({ 'x-1000-00000.txt': 'a\n', 'x-1000-00003.txt': 'b\n', 'x-1000-00004.txt': 'c\n' });
});

test('what is dropped, and what is taken of a batch that is not closed, is removed', async () => {
  const folder = temporaryDirectory();
  const sink = openSink(save, argsIn(folder), sinkContext().context);
  sink.parts!.take(await putAside(folder, 0, 'a'), 0);
  sink.parts!.drop(await putAside(folder, 1, 'b'));
  await sink.finish();
  expect(readdirSync(folder)).toEqual([]);
});

test('who goes back to a mark takes back the parts behind it, however many they were', async () => {
  const folder = temporaryDirectory();
  const intents: Value[] = [];
  const context = () => sinkContext({ intents: { write: async (intent) => void intents.push(intent) } }).context;
  const first = openSink(save, argsIn(folder), context());
  first.parts!.take(await putAside(folder, 0, 'kept'), 0);
  first.close(batch(1));
  const mark = (await first.mark!())!;
  for (const number of [0, 1, 2]) first.parts!.take(await putAside(folder, number, 'again'), number);
  first.close(batch(2));
  await first.mark!();
  expect(Object.keys(named(folder))).toHaveLength(4);
  const from: SinkStart = { mark, intents: [...intents] };
  const second = openSink(save, argsIn(folder), context(), from);
  second.parts!.take(await putAside(folder, 0, 'again'), 0);
  second.close(batch(2));
  await second.finish();
  expect(named(folder)).toEqual({ 'x-1000-00000.txt': 'kept\n', 'x-2000-00000.txt': 'again\n' });
});

test('without others there is one', async () => {
  const folder = temporaryDirectory();
  await runBatches(openSink(save, argsIn(folder), sinkContext().context), [['a', 'b'], [], ['c']]);
  expect(named(folder)).toEqual({ 'x-1000-00000.txt': 'a\nb\n', 'x-3000-00000.txt': 'c\n' });
});

test('values of their own and Parquet are refused', () => {
  for (const more of [{ suffix: 'parquet' }, { by: { call: () => 'a' } }]) {
    const { context, reports } = sinkContext();
    openSink(save, { ...argsIn(temporaryDirectory()), ...more }, context);
    expect(reports.failures.map(({ code, exit }) => [code, exit])).toEqual([['save-parts', 2]]);
  }
});
