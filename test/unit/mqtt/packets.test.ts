import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TooLong } from '../../../src/flow/brokers/too-long.ts';
import { isTopic, isTopicPattern } from '../../../src/flow/mqtt/names.ts';
import { acknowledgePacket, type Packet, PacketReader, publishPacket } from '../../../src/flow/mqtt/packets.ts';

const message = fc
  .record({
    topic: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }).filter(isTopic),
    id: fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 65_535 })),
    isRetained: fc.boolean(),
    body: fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
  })
  .map((parts): Packet => ({ kind: 'message', ...parts }));
const packet = fc.oneof<fc.Arbitrary<Packet>[]>(
  message,
  fc.integer({ min: 1, max: 65_535 }).map((id): Packet => ({ kind: 'acknowledged', id })),
  fc.constantFrom<Packet>({ kind: 'pong' }, { kind: 'connected', code: 5 }, { kind: 'subscribed', code: 128 }),
);

/** A packet as the server writes it. */
function written(packet: Packet): Buffer {
  if (packet.kind === 'pong') return Buffer.from([0xd0, 0]);
  if (packet.kind === 'connected') return Buffer.from([0x20, 2, 0, packet.code]);
  if (packet.kind === 'subscribed') return Buffer.from([0x90, 3, 0, 1, packet.code]);
  if (packet.kind === 'acknowledged') return acknowledgePacket(packet.id);
  return publishPacket(packet.topic, packet.body as Buffer, packet.id, packet.isRetained);
}

function inPieces(all: Buffer, size: number, most = 1000): readonly Packet[] {
  const reader = new PacketReader(most);
  const found: Packet[] = [];
  for (let at = 0; at < all.length; at += size) found.push(...reader.take(all.subarray(at, at + size)));
  return found;
}

test('packets are the same however they come', () => {
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 6 }), fc.integer({ min: 1, max: 400 }), (packets, size) => {
      expect(inPieces(Buffer.concat(packets.map(written)), size)).toEqual(packets);
    }),
    { numRuns: 200 },
  );
});

test.each([101, 200, 5000, 300_000])('a body of %i bytes is too long, and what stands behind it is read', (length) => {
  const all = Buffer.concat([publishPacket('a', Buffer.alloc(length, 'x'), 7, false), acknowledgePacket(9)]);
  for (const size of [1, 7, 1000, 1_000_000]) {
    expect(inPieces(all, size, 100)).toEqual([
      {
        kind: 'message',
        topic: 'a',
        id: 7,
        isRetained: false,
        body: new TooLong(Buffer.alloc(Math.min(length, 1024), 'x')),
      },
      { kind: 'acknowledged', id: 9 },
    ]);
  }
});

test.each([
  ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
  ['a length without an end', Buffer.from([0x30, 255, 255, 255, 255, 1])],
  ['a packet of another kind that is long', Buffer.from([0x40, 255, 127])],
  ['a message that is to be confirmed twice', Buffer.from([0x34, 5, 0, 1, 97, 0, 1])],
  ['a topic that is longer than its message', Buffer.from([0x30, 3, 0, 9, 97])],
])('%s is told', (_what, bytes) => {
  expect(() => new PacketReader(100).take(bytes)).toThrow('it does not speak the protocol of MQTT');
});

test('topics are levels with slashes between, and patterns of them have signs of their own', () => {
  expect(['a', 'a/b', '/a', 'a//b', '$SYS/x'].filter((text) => !isTopic(text) || !isTopicPattern(text))).toEqual([]);
  expect(['+', '#', 'a/+/b', 'a/#', '+/+'].filter((text) => isTopic(text) || !isTopicPattern(text))).toEqual([]);
  expect(['', 'a#', 'a/#/b', 'a+', 'a\u0000', 'x'.repeat(70_000)].filter(isTopicPattern)).toEqual([]);
});
