import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QueuedOutput } from '../../../src/flow/output/output.ts';

/** What is done to an output: bytes of so many, or text, are written; or all that was written is out. */
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('bytes' as const), size: fc.nat({ max: 400_000 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('text' as const), size: fc.nat({ max: 90_000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('flush' as const), size: fc.constant(0) }) },
);

test('what is written comes out whole and in order, though the memory it lay in is used again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const out: Buffer[] = [];
      let most = 0;
      const output = new QueuedOutput(
        async (bytes) => {
          // Who writes looks at them until it has written all: later than the call.
          await new Promise((resolve) => setImmediate(resolve));
          most = Math.max(most, bytes.length);
          out.push(Buffer.from(bytes));
        },
        (error) => {
          throw error;
        },
      );
      const written: Buffer[] = [];
      for (const [i, { kind, size }] of acts.entries()) {
        const bytes = Buffer.alloc(size, `${i}:`);
        if (kind === 'flush') await output.flush();
        else output.write(kind === 'text' ? bytes.toString() : bytes);
        written.push(Buffer.from(bytes));
        // It is the caller's again.
        bytes.fill('-');
        await output.blocked();
      }
      await output.flush();
      expect(Buffer.concat(out).equals(Buffer.concat(written))).toBe(true);
      expect(most).toBeLessThanOrEqual(256 * 1024);
    }),
  );
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
