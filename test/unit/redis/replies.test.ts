import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TooLong } from '../../../src/flow/brokers/too-long.ts';
import { Refusal, type Reply, ReplyReader } from '../../../src/flow/redis/replies.ts';

/** An answer as the server writes it. */
function written(reply: Reply): Buffer {
  if (reply === null) return Buffer.from('$-1\r\n');
  if (typeof reply === 'number') return Buffer.from(`:${reply}\r\n`);
  if (typeof reply === 'string') return Buffer.from(`+${reply}\r\n`);
  if (Buffer.isBuffer(reply)) return Buffer.concat([Buffer.from(`$${reply.length}\r\n`), reply, Buffer.from('\r\n')]);
  const items = reply as readonly Reply[];
  return Buffer.concat([Buffer.from(`*${items.length}\r\n`), ...items.map(written)]);
}

const { reply } = fc.letrec<{ reply: Reply }>((tie) => ({
  reply: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.integer(),
    fc.stringMatching(/^[a-zA-Z0-9 ]*$/),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie('reply'), { maxLength: 5 }),
  ),
}));

test('answers are the same however they come', () => {
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (replies, size) => {
      const bytes = Buffer.concat(replies.map(written));
      const reader = new ReplyReader(1000);
      const found: Reply[] = [];
      for (let at = 0; at < bytes.length; at += size) found.push(...reader.take(bytes.subarray(at, at + size)));
      expect(found).toEqual(replies);
    }),
    { numRuns: 200 },
  );
});

test('a text that is too long is passed over, and what stands beside it is read', () => {
  for (const size of [1, 7, 1000, 100_000]) {
    const bytes = written(['a', Buffer.from('x'.repeat(5000)), Buffer.from('b')]);
    const reader = new ReplyReader(100);
    const found: Reply[] = [];
    for (let at = 0; at < bytes.length; at += size) found.push(...reader.take(bytes.subarray(at, at + size)));
    expect(found).toEqual([['a', new TooLong(Buffer.from('x'.repeat(1024))), Buffer.from('b')]]);
  }
});

test('an error has its first word', () => {
  const [refusal] = new ReplyReader(100).take(Buffer.from('-WRONGTYPE Operation against a key\r\n'));
  expect(refusal).toBeInstanceOf(Refusal);
  expect((refusal as Refusal).type).toBe('WRONGTYPE');
});

test.each([
  ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['a line without an end', `+${'x'.repeat(100_000)}`],
  ['a length that is none', '$1e9\r\n'],
  ['a list of more than there may be', '*1000001\r\n'],
  ['lists that are too deep', '*1\r\n'.repeat(20)],
])('%s is told', (_what, text) => {
  expect(() => new ReplyReader(100).take(Buffer.from(text))).toThrow('it does not speak the protocol of Redis');
});

test('many small lists hold no more than there may be', () => {
  const reader = new ReplyReader(100);
  const many = Buffer.from('*1000\r\n'.concat('*1000\r\n'.concat(':1\r\n'.repeat(1000)).repeat(1000)));
  expect(() => reader.take(many)).toThrow('it does not speak the protocol of Redis');
});
