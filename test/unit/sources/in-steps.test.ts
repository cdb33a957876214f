/** What comes as a whole and is much is handed on in steps, so that no more is made of it than there is room for. */
import { expect, it } from 'vitest';
import type { Framer } from '../../../src/flow/define/framer.ts';
import { InSteps } from '../../../src/flow/framing/in-steps.ts';

/** A framer whose inbox is full after each piece, until `open` is called. */
class Slow implements Framer {
  readonly pieces: Buffer[] = [];
  ended = 0;
  open = () => {};

  push(piece: Uint8Array): Promise<void> {
    this.pieces.push(Buffer.from(piece));
    return new Promise((resolve) => {
      this.open = resolve;
    });
  }

  end(): undefined {
    this.ended++;
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const large = Buffer.alloc(1_000_000);
for (let i = 0; i < large.length; i++) large[i] = i % 251;

it('gives each step when there is room for it, and ends behind the last', async () => {
  const slow = new Slow();
  const framer = new InSteps(slow, new AbortController().signal);
  const bytes = Buffer.from(large);
  const pushed = framer.push(bytes);
  // They are the caller's again.
  bytes.fill(0);
  const small = framer.push(Buffer.from('behind'));
  const ended = framer.end();
  await turn();
  expect(slow.pieces).toHaveLength(1);
  expect(slow.pieces[0]!.length).toBeLessThan(200_000);
  for (let given = 0; given < slow.pieces.length; ) {
    given = slow.pieces.length;
    expect(slow.ended).toBe(0);
    slow.open();
    await turn();
    await turn();
    expect(slow.pieces.length).toBeLessThanOrEqual(given + 1);
  }
  await Promise.all([pushed, small, ended]);
  expect(Buffer.concat(slow.pieces).equals(Buffer.concat([large, Buffer.from('behind')]))).toBe(true);
  expect(slow.ended).toBe(1);
});

it('hands on all that was taken where the run ends', async () => {
  const slow = new Slow();
  const run = new AbortController();
  const framer = new InSteps(slow, run.signal);
  const pushed = framer.push(large);
  await turn();
  expect(slow.pieces).toHaveLength(1);
  run.abort();
  await pushed;
  await framer.end();
  expect(Buffer.concat(slow.pieces).equals(large)).toBe(true);
  expect(slow.ended).toBe(1);
});

it('leaves alone what is little', () => {
  const given: Uint8Array[] = [];
  const framer = new InSteps(
    { push: (piece) => void given.push(piece), end: () => undefined },
    new AbortController().signal,
  );
  const piece = Buffer.from('a line\n');
  expect(framer.push(piece)).toBeUndefined();
  expect(given).toEqual([piece]);
  expect(given[0]).toBe(piece);
});
