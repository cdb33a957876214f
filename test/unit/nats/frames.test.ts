import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TooLong } from '../../../src/flow/brokers/too-long.ts';
import { type Frame, FrameReader, headersOf, type NatsMessage, statusOf } from '../../../src/flow/nats/frames.ts';
import { isSubject } from '../../../src/flow/nats/names.ts';

const bytes = fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some));
const word = fc.stringMatching(/^[a-zA-Z0-9$_.-]{1,10}$/);
const message = fc
  .record({
    subject: word,
    reply: fc.oneof(fc.constant(''), word),
    headers: fc.oneof(
      fc.constant(undefined),
      bytes.map((some) => Buffer.concat([Buffer.from('NATS/1.0\r\n'), some])),
    ),
    body: bytes,
  })
  .map((parts): Frame => ({ kind: 'message', ...parts }));
const frame = fc.oneof<fc.Arbitrary<Frame>[]>(
  message,
  fc.constantFrom<Frame>({ kind: 'ping' }, { kind: 'pong' }, { kind: 'error', message: 'Stale Connection' }),
  fc.constant<Frame>({ kind: 'info', info: { max_payload: 1000 } }),
);

/** A frame as the server writes it. */
function written(frame: Frame): Buffer {
  if (frame.kind === 'ping' || frame.kind === 'pong') return Buffer.from(`${frame.kind.toUpperCase()}\r\n`);
  if (frame.kind === 'error') return Buffer.from(`-ERR '${frame.message}'\r\n`);
  if (frame.kind === 'info') return Buffer.from(`INFO ${JSON.stringify(frame.info)}\r\n`);
  const { subject, reply, headers, body } = frame as NatsMessage & { readonly body: Buffer };
  const names = `${subject} 1${reply === '' ? '' : ` ${reply}`}`;
  const head =
    headers === undefined
      ? `MSG ${names} ${body.length}`
      : `HMSG ${names} ${headers.length} ${headers.length + body.length}`;
  return Buffer.concat([Buffer.from(`${head}\r\n`), headers ?? Buffer.alloc(0), body, Buffer.from('\r\n')]);
}

function inPieces(all: Buffer, size: number, most = 1000): readonly Frame[] {
  const reader = new FrameReader(most);
  const found: Frame[] = [];
  for (let at = 0; at < all.length; at += size) found.push(...reader.take(all.subarray(at, at + size)));
  return found;
}

test('frames are the same however they come', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), fc.integer({ min: 1, max: 50 }), (frames, size) => {
      expect(inPieces(Buffer.concat(frames.map(written)), size)).toEqual(frames);
    }),
    { numRuns: 200 },
  );
});

test('a body that is too long is passed over, and what stands behind it is read', () => {
  const all = Buffer.from(`MSG a 1 5000\r\n${'x'.repeat(5000)}\r\nPING\r\n`);
  for (const size of [1, 7, 1000, 100_000]) {
    expect(inPieces(all, size, 1024)).toEqual([
      {
        kind: 'message',
        subject: 'a',
        reply: '',
        headers: undefined,
        body: new TooLong(Buffer.from('x'.repeat(1024))),
      },
      { kind: 'ping' },
    ]);
  }
});

test('so is one that is little longer', () => {
  const all = Buffer.from(`MSG a 1 200\r\n${'x'.repeat(200)}\r\nPING\r\n`);
  for (const size of [1, 7, 1000]) {
    expect(inPieces(all, size, 100)).toMatchObject([
      { body: new TooLong(Buffer.from('x'.repeat(200))) },
      { kind: 'ping' },
    ]);
  }
});

test('a message whose headers are too long is passed over with them', () => {
  const all = Buffer.from(`HMSG a 1 100000 100005\r\n${'x'.repeat(100_000)}12345\r\nPING\r\n`);
  for (const size of [7, 1000, 200_000]) {
    expect(inPieces(all, size, 1024)).toEqual([
      {
        kind: 'message',
        subject: 'a',
        reply: '',
        headers: undefined,
        body: new TooLong(Buffer.from('x'.repeat(1024))),
      },
      { kind: 'ping' },
    ]);
    expect(inPieces(all, size, 100_000)).toMatchObject([{ body: Buffer.from('12345') }, { kind: 'ping' }]);
  }
});

test.each([
  ['another protocol', 'HTTP/1.1 400 Bad Request\r\n'],
  ['a line without an end', `INFO ${'x'.repeat(100_000)}`],
  ['a length that is none', 'MSG a 1 -5\r\n'],
  ['headers that are longer than their message', 'HMSG a 1 10 5\r\n'],
  ['an object that is none', 'INFO [1]\r\n'],
])('%s is told', (_what, text) => {
  expect(() => new FrameReader(100).take(Buffer.from(text))).toThrow('it does not speak the protocol of NATS');
});

test('headers are an object of texts', () => {
  const headers = Buffer.from('NATS/1.0\r\nA: 1\r\nb:two\r\nA: 3\r\n\r\n');
  expect(headersOf(headers)).toEqual({ A: ['1', '3'], b: 'two' });
  const of = (text: string) =>
    statusOf({ kind: 'message', subject: 'a', reply: '', headers: Buffer.from(text), body: Buffer.alloc(0) });
  expect(of('NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: 1\r\n\r\n')).toEqual({
    code: 408,
    words: 'Request Timeout',
  });
  expect(of('NATS/1.0\r\nA: 1\r\n\r\n')).toBeUndefined();
});

test('subjects are words with points between', () => {
  expect(['a', 'a.b', 'a.*.c', 'a.>', '>'].filter((text) => !isSubject(text))).toEqual([]);
  expect(['', 'a..b', 'a b', '.a', 'a.', 'a.>.b', 'a\r\nPUB'].filter(isSubject)).toEqual([]);
});
