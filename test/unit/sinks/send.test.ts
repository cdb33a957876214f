import { expect, test } from 'vitest';
import { send } from '../../../src/flow/sinks/send.ts';
import { Random } from '../../../src/run/trials/random.ts';
import { batch, openSink, sinkContext } from '../../support/sink.ts';
import { Wire, type WireFate } from '../../support/wire.ts';

const BATCHES = 6;

/** Sends batches of two lines, the write of each as it is closed. */
async function sent(fate: WireFate, seed = 1) {
  const wire = new Wire(new Random(seed), fate);
  const { context, reports } = sinkContext({ network: wire });
  const sink = openSink(send, { host: 'there', port: 1 }, context);
  for (let i = 1; i <= BATCHES; i++) {
    sink.push(`a${i}`);
    sink.push(`b${i}`);
    sink.close(batch(i));
    for (let turns = 0; turns < 10; turns++) await undefined;
  }
  await sink.finish();
  return { wire, failures: reports.failures.map(({ code, exit, message }) => ({ code, exit, message })) };
}

const all = Array.from({ length: BATCHES }, (_, i) => `a${i + 1}\nb${i + 1}\n`).join('');

test('all that was given has come when it has finished, and the other end knows that nothing follows', async () => {
  const { wire, failures } = await sent({});
  expect([wire.received, wire.isEnded, failures]).toEqual([all, true, []]);
});

test('a connection that breaks off in any write fails the run once, and what came is the start of what was given', async () => {
  for (let breaksAt = 1; breaksAt <= BATCHES; breaksAt++) {
    for (let seed = 1; seed <= 5; seed++) {
      const { wire, failures } = await sent({ breaksAt }, seed);
      expect(all.startsWith(wire.received)).toBe(true);
      expect(wire.received.length).toBeLessThanOrEqual(breaksAt * 6);
      expect(failures.map(({ code, exit }) => [code, exit])).toEqual([['sink-closed', 4]]);
    }
  }
});

test('a peer that leaves behind any write fails the run once', async () => {
  for (let leftBehind = 1; leftBehind <= BATCHES; leftBehind++) {
    const { wire, failures } = await sent({ leftBehind });
    expect(wire.received).toBe(all.slice(0, leftBehind * 6));
    expect(failures.map(({ message }) => message)).toEqual([
      'cannot write to there:1: the other end closed the connection',
    ]);
  }
});

test('a host that refuses is told of before anything is sent', async () => {
  const { wire, failures } = await sent({ isRefused: true });
  expect(wire.received).toBe('');
  expect(failures).toEqual([
    { code: 'sink-unreachable', exit: 4, message: 'cannot write to there:1: nobody listens there' },
  ]);
});

test('where the run is kept nothing is sent before what it follows from is written down, and it is marked when it was sent', async () => {
  const wire = new Wire(new Random(1), {});
  let write = () => {};
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  const { context } = sinkContext({ network: wire, ground: () => ({ written: () => written }) });
  const sink = openSink(send, { host: 'there', port: 1 }, context);
  sink.push('a');
  sink.close(batch(1));
  let isMarked = false;
  const marked = sink.mark!().then((mark) => {
    isMarked = true;
    return mark;
  });
  for (let turns = 0; turns < 20; turns++) await undefined;
  expect([wire.received, isMarked]).toEqual(['', false]);
  write();
  expect(await marked).toBeDefined();
  expect(wire.received).toBe('a\n');
  await sink.finish();
});
