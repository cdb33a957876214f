import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FieldReader, longLong, octet, shortText, table } from '../../../src/flow/amqp/fields.ts';
import {
  contentFrames,
  DELIVER,
  FrameReader,
  HEARTBEAT_FRAME,
  type Method,
  methodFrame,
} from '../../../src/flow/amqp/frames.ts';
import { TooLong } from '../../../src/flow/brokers/too-long.ts';

const some = (most: number) => fc.uint8Array({ maxLength: most }).map((bytes) => Buffer.from(bytes));
const plain = fc.record({
  channel: fc.constantFrom(0, 1),
  number: fc.constantFrom((10 << 16) | 60, 1),
  args: some(50),
});
const message = fc.record({
  properties: some(40).map((bytes) => Buffer.concat([Buffer.alloc(2), bytes])),
  body: some(600),
});
const method = fc.oneof<fc.Arbitrary<Method | 'heartbeat'>[]>(
  plain.map((parts): Method => ({ ...parts, content: undefined })),
  message.map((content): Method => ({ channel: 1, number: DELIVER, args: Buffer.from('x'), content })),
  fc.constant('heartbeat'),
);

/** As a server writes it. @param most bytes of a frame. */
function written(one: Method | 'heartbeat', most: number): Buffer {
  if (one === 'heartbeat') return HEARTBEAT_FRAME;
  const { channel, number, args, content } = one;
  const head = methodFrame(channel, number, args);
  return content === undefined
    ? head
    : Buffer.concat([head, contentFrames(channel, { ...content, body: content.body as Buffer }, most)]);
}

function inPieces(all: Buffer, size: number, most = 1000): readonly Method[] {
  const reader = new FrameReader(most);
  const found: Method[] = [];
  for (let at = 0; at < all.length; at += size) found.push(...reader.take(all.subarray(at, at + size)));
  return found;
}

test('methods and their messages are the same however they come', () => {
  const sizes = fc.record({ piece: fc.integer({ min: 1, max: 400 }), frame: fc.integer({ min: 9, max: 300 }) });
  fc.assert(
    fc.property(fc.array(method, { maxLength: 6 }), sizes, (methods, { piece, frame }) => {
      const all = Buffer.concat(methods.map((one) => written(one, frame)));
      expect(inPieces(all, piece)).toEqual(methods.filter((one) => one !== 'heartbeat'));
    }),
    { numRuns: 200 },
  );
});

test('of a body that is too long only its start is kept', () => {
  const content = { properties: Buffer.alloc(2), body: Buffer.alloc(100_000, 'long ') };
  const two = [content, { ...content, body: Buffer.from('short') }];
  const all = Buffer.concat(
    two.map((one) => written({ channel: 1, number: DELIVER, args: Buffer.alloc(0), content: one }, 4096)),
  );
  const [first, second] = inPieces(all, 1000).map((one) => one.content!.body);
  expect(first).toBeInstanceOf(TooLong);
  expect((first as TooLong).start).toEqual(content.body.subarray(0, 1024));
  expect(second).toEqual(Buffer.from('short'));
});

test('a body may come in frames with little or nothing in them, also one that is too long', () => {
  const pieces = ['', 'abc', '', 'd', 'e'.repeat(2000)].map((text) => frame(3, Buffer.from(text)));
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(2004n);
  const head = Buffer.concat([Buffer.from([0, 60, 0, 0]), size, Buffer.alloc(2)]);
  const all = Buffer.concat([methodFrame(1, DELIVER), frame(2, head), ...pieces]);
  const whole = Buffer.from(`abcd${'e'.repeat(2000)}`);
  expect(inPieces(all, 100, 3000)[0]!.content!.body).toEqual(whole);
  expect((inPieces(all, 100, 1000)[0]!.content!.body as TooLong).start).toEqual(whole.subarray(0, 1024));
});

function frame(kind: number, inside: Buffer): Buffer {
  const head = Buffer.from([kind, 0, 1, 0, 0, 0, 0]);
  head.writeUInt32BE(inside.length, 3);
  return Buffer.concat([head, inside, Buffer.from([0xce])]);
}

test.each([
  ['another version', Buffer.from('AMQP\0\u0001\0\0')],
  ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['a frame that is larger than was agreed', Buffer.from([1, 0, 1, 0, 2, 0, 0])],
  ['a frame without its end', Buffer.from([8, 0, 0, 0, 0, 0, 0, 1])],
  ['a body without a message', Buffer.from([3, 0, 1, 0, 0, 0, 0, 0xce])],
])('%s is told', (_what, bytes) => {
  expect(() => new FrameReader(1000).take(bytes)).toThrow('it does not speak the protocol of AMQP 0-9-1');
});

const byte = (letter: string) => Buffer.from(letter);

test('a table of headers becomes an object, whatever types are in it', () => {
  const fields = [
    ['truth', byte('t'), octet(1)],
    ['small', byte('b'), octet(255)],
    ['short', byte('s'), Buffer.from([0xff, 0xfe])],
    ['whole', byte('I'), Buffer.from([0, 0, 1, 0])],
    ['long', byte('l'), longLong(5_000_000_000n)],
    ['huge', byte('l'), longLong(9_007_199_254_740_993n)],
    ['time', byte('T'), longLong(1_700_000_000n)],
    ['double', byte('d'), Buffer.from([0x3f, 0xf8, 0, 0, 0, 0, 0, 0])],
    ['decimal', byte('D'), octet(2), Buffer.from([0, 0, 0, 150])],
    ['text', byte('S'), Buffer.from([0, 0, 0, 2]), byte('hi')],
    ['list', byte('A'), Buffer.from([0, 0, 0, 3]), byte('V'), byte('t'), octet(0)],
    ['__proto__', byte('F'), table([['inner', 'x']])],
  ] as const;
  const inside = Buffer.concat(fields.flatMap(([name, ...parts]) => [shortText(name), ...parts]));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(inside.length);
  const read = new FieldReader(Buffer.concat([size, inside])).table();
  expect(JSON.stringify(read)).toBe(
    '{"truth":true,"small":-1,"short":-2,"whole":256,"long":5000000000,"huge":"9007199254740993","time":1700000000000,"double":1.5,"decimal":1.5,"text":"hi","list":[null,false],"__proto__":{"inner":"x"}}',
  );
});

test('a table that cannot be read is null, and what stands behind it is read', () => {
  let deep = Buffer.from([0, 0, 0, 0]);
  for (let i = 0; i < 5000; i++) {
    const inside = Buffer.concat([shortText('a'), byte('F'), deep]);
    deep = Buffer.concat([Buffer.alloc(4), inside]);
    deep.writeUInt32BE(inside.length);
  }
  const unknown = Buffer.concat([Buffer.from([0, 0, 0, 4]), shortText('a'), byte('?'), octet(0)]);
  const cut = Buffer.concat([Buffer.from([0, 0, 0, 3]), shortText('a'), byte('S')]);
  for (const bytes of [unknown, cut]) {
    const reader = new FieldReader(Buffer.concat([bytes, shortText('behind')]));
    expect([reader.table(), reader.shortText()]).toEqual([null, 'behind']);
  }
  const reader = new FieldReader(Buffer.concat([deep, shortText('behind')]));
  expect(JSON.stringify(reader.table())).toMatch(/^(\{"a":){21}null\}+$/);
  expect(reader.shortText()).toBe('behind');
});
