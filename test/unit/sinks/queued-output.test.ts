import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QueuedOutput } from '../../../src/flow/output/output.ts';

/** Bytes of a line; one of the last is more than a block has room for. */
const LINES = [1, 7, 100, 5000, 300_000];

/** What is done to an output: so many lines of so many bytes are written, as bytes or as text; or all that was written is out. */
const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('bytes' as const),
      line: fc.constantFrom(...LINES),
      total: fc.nat(400_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('text' as const),
      line: fc.constantFrom(1, 100, 5000),
      total: fc.nat(90_000),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'flush' as const, line: 1, total: 0 }) },
);

/** Whole lines, at least one, of about so many bytes together. */
function lines(number: number, line: number, total: number): Buffer {
  const bytes = Buffer.alloc(Math.max(1, Math.floor(total / line)) * line, `${number}:`);
  for (let end = line; end <= bytes.length; end += line) bytes[end - 1] = 10;
  return bytes;
}

test('what is written comes out whole and in order, whole lines at a time, though the memory it lay in is used again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const out: Buffer[] = [];
      const output = new QueuedOutput(
        async (bytes) => {
          // Who writes looks at them until it has written all: later than the call.
          await new Promise((resolve) => setImmediate(resolve));
          out.push(Buffer.from(bytes));
        },
        (error) => {
          throw error;
        },
      );
      const written: Buffer[] = [];
      for (const [i, { kind, line, total }] of acts.entries()) {
        if (kind === 'flush') {
          await output.flush();
          continue;
        }
        const bytes = lines(i, line, total);
        output.write(kind === 'text' ? bytes.toString() : bytes);
        written.push(Buffer.from(bytes));
        // It is the caller's again.
        bytes.fill('-');
        await output.blocked();
      }
      await output.flush();
      expect(Buffer.concat(out).equals(Buffer.concat(written))).toBe(true);
      // Who else writes to the same file does so between two of them.
      expect(out.filter((bytes) => bytes.at(-1) !== 10)).toEqual([]);
      const most = Math.max(
        0,
        ...out.filter((bytes) => bytes.indexOf(10) < bytes.length - 1).map(({ length }) => length),
      );
      expect(most).toBeLessThanOrEqual(256 * 1024);
    }),
  );
});

test('where the rest is dropped, whole lines are out', async () => {
  const out: Buffer[] = [];
  const output = new QueuedOutput(
    async (bytes) => void out.push(Buffer.from(bytes)),
    () => {},
  );
  const piece = lines(0, 1000, 200_000);
  for (let i = 0; i < 7; i++) output.write(piece);
  output.drop();
  await output.flush();
  const written = Buffer.concat(out);
  expect(written.length).toBeGreaterThan(1_000_000);
  expect(written.length % 1000).toBe(0);
});

test('much that comes lies in few blocks, one after the other', async () => {
  const places = new Set<ArrayBufferLike>();
  const output = new QueuedOutput(
    async (bytes) => void places.add(bytes.buffer),
    () => {},
  );
  const piece = Buffer.alloc(64 * 1024);
  for (let i = 0; i < 1000; i++) {
    output.write(piece);
    await output.blocked();
  }
  await output.flush();
  expect(places.size).toBeLessThan(10);
});
