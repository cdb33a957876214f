import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openFramer } from '../../../src/flow/framing/text.ts';
import { packingOf } from '../../../src/flow/packings/packing.ts';
import { readInputStream } from '../../../src/flow/sources/stdin.ts';
import { linesOf, TestRun } from '../../support/source.ts';
import { LINES, unpack } from '../../support/unpack.ts';

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...sorted].map((start, i) => bytes.subarray(start, sorted[i] ?? bytes.length));
}

it('gives the same records packed, in any number of members and pieces, as unpacked', async () => {
  const member = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\x1f', 'é', '\x08') });
  await fc.assert(
    fc.asyncProperty(fc.array(member, { minLength: 1, maxLength: 4 }), fc.array(fc.nat()), async (texts, places) => {
      const packed = Buffer.concat(texts.map((text) => gzipSync(text)));
      const plain = Buffer.from(texts.join(''));
      const expected = plain.length === 0 ? [] : linesOf(plain);
      expect((await unpack(cut(packed, places))).records).toEqual(expected);
      expect((await unpack(cut(packed, [...packed.keys()]))).records).toEqual(expected);
      expect((await unpack(cut(plain, places))).records).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

it('takes for gzip only what begins like it', () => {
  expect([[], [0x1f], [0x1f, 0x8b]].map((bytes) => packingOf(Buffer.from(bytes)))).toEqual(['more', 'more', 'more']);
  expect(packingOf(Buffer.from([0x1f, 0x8b, 8]))).toBe('gzip');
  for (const bytes of [[0x1f, 0x8b, 7], [0x1f, 0x8a], [0x20]]) expect(packingOf(Buffer.from(bytes))).toBeUndefined();
});

it('gives bytes that only begin like gzip as they are', async () => {
  expect((await unpack([Buffer.from([0x1f])])).bytes).toBe(1);
  expect((await unpack([Buffer.from([0x1f]), Buffer.from('a')])).bytes).toBe(2);
});

it('gives what it could unpack of what is cut off or damaged, and says how far it came', async () => {
  const packed = gzipSync(`one\n${'two\n'.repeat(1000)}`);
  for (let length = 3; length < packed.length; length++) {
    const run = new TestRun();
    await expect(unpack([packed.subarray(0, length)], run)).rejects.toThrow(
      `its gzip data ends too early, after ${length} bytes`,
    );
  }
  const run = new TestRun();
  const length = packed.length + 'no gzip'.length;
  await expect(unpack([packed, Buffer.from('no gzip')], run)).rejects.toThrow(
    `its gzip data is damaged within the first ${length} bytes`,
  );
  expect(run.records.length).toBe(1001);
});

it('waits while the inbox is full, so that little data that unpacks to much is not held', async () => {
  const run = new TestRun();
  const framer = openFramer(LINES, run.origin('a'), run);
  run.shut();
  const packed = gzipSync('a\n'.repeat(4_000_000));
  const pushed = framer.push(packed);
  await run.until(() => run.bytes > 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(run.bytes).toBeLessThan(1_000_000);
  run.reopen();
  await pushed;
  await framer.end();
  expect(run.bytes).toBe(8_000_000);
});

it('ends with the run, also while it waits', async () => {
  const run = new TestRun();
  const framer = openFramer(LINES, run.origin('a'), run);
  run.shut();
  void framer.push(gzipSync('a\n'.repeat(4_000_000)));
  await run.until(() => run.bytes > 0);
  const ended = framer.end();
  run.abort();
  await ended;
});

it('unpacks what comes by a stream, and fails where that is cut off', async () => {
  const packed = gzipSync('one\ntwo\n');
  for (const length of [packed.length, packed.length - 1]) {
    const run = new TestRun();
    const stream = new PassThrough();
    const running = readInputStream(stream, LINES, run).run();
    for (let at = 0; at < length; at++) stream.write(packed.subarray(at, at + 1));
    stream.end();
    if (length === packed.length) await running;
    else await expect(running).rejects.toMatchObject({ exit: 3 });
    expect(run.records).toEqual(['one', 'two']);
  }
});
