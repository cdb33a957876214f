import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstLineIn, MOST_PACKED } from '../../../src/flow/files/first-line.ts';
import { openFramer } from '../../../src/flow/framing/text.ts';
import { foreignText } from '../../../src/flow/packings/foreign.ts';
import { packingOf } from '../../../src/flow/packings/packing.ts';
import { startOfPacked } from '../../../src/flow/packings/start.ts';
import { canPack, packedBy, THREE_LINES } from '../../support/packed.ts';
import { TestRun } from '../../support/source.ts';
import { LINES, unpack } from '../../support/unpack.ts';

const ALL = Object.entries(THREE_LINES).map(([packing, bytes]) => ({ packing, bytes }));
const NEW = ALL.filter(({ packing }) => packing !== 'gzip');

/** Repeated so that little unpacks to much, and with numbers, so that a block is not all alike. */
const MANY = Array.from({ length: 30_000 }, (_, i) => `${'line '.repeat(i % 30)}${i}`);

describe.each(NEW)('$packing', ({ packing, bytes }) => {
  it('is told by its first bytes, and gives its lines however it is cut', async () => {
    expect(packingOf(bytes)).toBe(packing);
    for (let at = 0; at <= bytes.length; at += 3) {
      const run = await unpack([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(run.records).toEqual(['one', 'two', 'three']);
    }
    expect((await unpack([...bytes].map((byte) => Buffer.from([byte])))).records).toEqual(['one', 'two', 'three']);
  });

  it('may be several streams, one behind the other', async () => {
    expect((await unpack([Buffer.concat([bytes, bytes])])).records).toEqual([
      'one',
      'two',
      'three',
      'one',
      'two',
      'three',
    ]);
  });

  it('that is cut off anywhere is told, with how many bytes there were, and gives no wrong line', async () => {
    for (let length = 16; length < bytes.length; length++) {
      const run = new TestRun();
      await expect(unpack([bytes.subarray(0, length)], run)).rejects.toThrow(
        `its ${packing} data ends too early, after ${length} bytes`,
      );
      // What is cut off is the start of the text.
      expect('one\ntwo\nthree\n').toContain(run.records.join('\n'));
    }
  });

  it('that is damaged anywhere is told', async () => {
    for (let at = 16; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x55;
      const run = new TestRun();
      const end = await unpack([damaged], run).then(
        () => 'whole',
        ({ message }: Error) => message,
      );
      // Behind its data there may be bytes that nobody looks at, and a size that is too large asks for more.
      if (end === 'whole') expect(run.records).toEqual(['one', 'two', 'three']);
      else expect(end).toMatch(new RegExp(`its ${packing} data (is damaged|ends too early)|wants`));
    }
  });

  it.skipIf(!canPack(packing))('of any size gives the same in pieces of any size', async () => {
    const packed = await packedBy(packing, `${MANY.join('\n')}\n`);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2000, max: packed.length }), async (size) => {
        const pieces = Array.from({ length: Math.ceil(packed.length / size) }, (_, i) =>
          packed.subarray(i * size, (i + 1) * size),
        );
        const { records } = await unpack(pieces);
        expect(records.length).toBe(MANY.length);
        expect(records).toEqual(MANY);
      }),
      { numRuns: 3 },
    );
    expect((await startOfPacked(packed.subarray(0, 512 * 1024))).toString()).toContain(`${MANY[0]}\n${MANY[1]}\n`);
  });

  it.skipIf(!canPack(packing))('waits while the inbox is full', async () => {
    const packed = await packedBy(packing, 'a\n'.repeat(1_500_000));
    const run = new TestRun();
    const framer = openFramer(LINES, run.origin('a'), run);
    run.shut();
    // What bzip2 holds back comes with the end.
    const given = Promise.all([framer.push(packed), framer.end()]);
    await run.until(() => run.bytes > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(run.bytes).toBeLessThan(2_000_000);
    run.reopen();
    await given;
    expect(run.bytes).toBe(3_000_000);
  });
});

it('unpacks nothing but gzip of what others send, and leaves it as it is', async () => {
  const taken = async (bytes: Buffer) => {
    const run = new TestRun();
    const framer = openFramer(LINES, run.origin('a'), run, undefined, undefined, true);
    await framer.push(bytes);
    await framer.end();
    return run;
  };
  expect((await taken(THREE_LINES.gzip!)).records).toEqual(['one', 'two', 'three']);
  for (const { bytes } of NEW) expect((await taken(bytes)).bytes).toBe(bytes.length);
});

it('refuses zstd that wants much memory, or a dictionary', async () => {
  // A window of 2^31 bytes, and one with the dictionary 7.
  for (const [header, message] of [
    ['28b52ffd 00 a8 000000', 'wants 2gb to look back at, and gets 128mb'],
    ['28b52ffd 01 50 07 010000', 'needs a dictionary'],
  ] as const) {
    const bytes = Buffer.from(header.replaceAll(' ', ''), 'hex');
    await expect(unpack([Buffer.concat([bytes, Buffer.alloc(20)])])).rejects.toThrow(message);
  }
});

it.skipIf(!canPack('lz4')).each([
  ['-B4', '-BD', '--no-frame-crc'],
  ['-B5', '-BI', '-BX'],
  ['-B7', '-9', '--content-size'],
])('unpacks lz4 of any settings: %s %s %s', async (...settings) => {
  const text = `${MANY.join('\n')}\n${randomBytes(100_000).toString('hex')}\n`;
  const packed = execFileSync('lz4', ['-c', ...settings], { input: text, maxBuffer: 2 ** 26 });
  const { records } = await unpack([packed.subarray(0, 7777), packed.subarray(7777)]);
  expect(records.join('\n') === text.trimEnd()).toBe(true);
});

it.skipIf(!canPack('lz4'))(
  'finds the first line of lz4 whose blocks are as large as it makes them, and holds little of it',
  async () => {
    const text = `name,n\n${randomBytes(4_000_000).toString('hex')}\n`;
    const packed = execFileSync('lz4', ['-c'], { input: text, maxBuffer: 2 ** 26 });
    const start = await startOfPacked(packed.subarray(0, MOST_PACKED));
    expect(firstLineIn(start, 1000, '\n')).toBe('name,n');
    expect(start.length).toBeLessThan(1_000_000);
  },
);

it('finds no block of lz4 that looks back behind its start, or gives more than it may', async () => {
  const start = THREE_LINES.lz4!.subarray(0, 7);
  const blocks = {
    // A literal, then 4 bytes from 9 before it; the same from 0 before.
    'looks too far back': Buffer.from([0x10, 0x61, 9, 0]),
    'looks at itself': Buffer.from([0x10, 0x61, 0, 0]),
    // 4 + 15 + 255 * 60,000 bytes of one literal.
    'gives too much': Buffer.concat([Buffer.from([0x1f, 0x61, 1, 0]), Buffer.alloc(60_000, 255), Buffer.from([0, 0])]),
  };
  for (const [name, block] of Object.entries(blocks)) {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length);
    await expect(unpack([Buffer.concat([start, size, block, Buffer.alloc(8)])]), name).rejects.toThrow('is damaged');
  }
});

it.each([
  ['PK\x03\x04\x14\x00', 'it is a zip archive (it begins with 50 4b 03 04) and no text: `unzip -p FILE | leat …`'],
  ["7z\xbc\xaf'\x1c\x00", 'it is a 7z archive'],
  ['Rar!\x1a\x07\x01', 'it is a RAR archive'],
  ['\x1f\x9d\x90', 'it is packed by compress'],
  ['\x7fELF\x02', 'it is a program (ELF) (it begins with 7f 45 4c 46) and no text'],
  ['\0asm\x01', 'it is a program (WebAssembly)'],
  ['\x89PNG\r\n', 'it is a PNG image'],
  ['\xff\xd8\xff\xe0', 'it is a JPEG image'],
  ['GIF89a\x01', 'it is a GIF image'],
  ['GIF87a\x01', 'it is a GIF image'],
  ['%PDF-1.4\n', 'it is a PDF document'],
  ['SQLite format 3\0', 'it is an SQLite database'],
  ['Obj\x01\x04', 'it is an Avro file'],
  ['PK\x05\x06\0', 'it is an empty zip archive'],
])('%j is refused, whatever comes behind it', async (start, message) => {
  const bytes = Buffer.from(`${start}${'x\n'.repeat(9)}`, 'latin1');
  expect(packingOf(bytes)).toBe('foreign');
  expect(foreignText(bytes)).toContain(message);
  const run = new TestRun();
  await expect(unpack([bytes, Buffer.from('more\n')], run)).rejects.toThrow(message);
  await expect(
    unpack(
      [...bytes].map((byte) => Buffer.from([byte])),
      run,
    ),
  ).rejects.toThrow(message);
  expect(run.records).toEqual([]);
});

it('lets texts be that begin alike', async () => {
  for (const text of ['PK is a name\n', '7z\n', 'GIF89\n', 'BZh is no packing\n', '%PD\n', 'SQLite\n', 'Obj', 'P*M']) {
    expect((await unpack([Buffer.from(text)])).records).toEqual([text.trimEnd()]);
  }
});
