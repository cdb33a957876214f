import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Chunk, Origin } from '../../../src/flow/define/chunk.ts';
import type { SourceContext } from '../../../src/flow/define/context.ts';
import type { Split } from '../../../src/flow/define/position.ts';
import { DatagramFramer, frameOf } from '../../../src/flow/sockets/datagram-framer.ts';

/** What a framer delivers of some bytes that come in pieces, behind so many that were worked on. */
function cut(pieces: readonly Uint8Array[], from = 0) {
  const records: string[] = [];
  const places: number[] = [];
  const origin: Origin = { id: 0, name: 'udp', source: 0, lines: 0 };
  const note = (behind: Split | undefined) => void (behind && places.push(behind.at as number));
  const context = {
    signal: new AbortController().signal,
    deliver(chunk: Chunk) {
      if (chunk.kind === 'text') records.push(...Buffer.from(chunk.bytes).toString().split('\n').slice(0, -1));
      if (chunk.kind === 'values') records.push(...chunk.values.map(String));
      if (chunk.kind === 'text' || chunk.kind === 'values') note(chunk.behind);
    },
    bad(_problem: unknown, _origin: Origin, text: string, behind: Split) {
      records.push(`bad ${text}`);
      note(behind);
    },
  } as unknown as SourceContext;
  const progress = {
    from,
    skip: 0,
    isPassing: false,
    behind: (at: number) => ({ key: 'place', at }),
    over: () => undefined,
  };
  const framer = new DatagramFramer(
    origin,
    context,
    (text, sender) => `${sender.port} ${sender.address} ${text}`,
    progress,
  );
  for (const piece of pieces) void framer.push(piece);
  void framer.end();
  return { records, places };
}

const datagrams = fc.array(fc.record({ text: fc.string({ maxLength: 20 }), port: fc.nat(65_535) }), { maxLength: 12 });

test('datagrams come out as they went in, however their bytes are cut, and go on behind any of them', () => {
  fc.assert(
    fc.property(datagrams, fc.array(fc.nat(400), { maxLength: 6 }), fc.nat(12), (all, cuts, first) => {
      const frames = all.map(({ text, port }) => frameOf(Buffer.from(text), { address: '::1', port }));
      const bytes = Buffer.concat(frames);
      const at = [0, ...cuts.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
      const told = all.map(({ text, port }) => `${port} ::1 ${text.replace(/\r?\n$/, '').replace(/\r$/, '')}`);
      const { records, places } = cut(pieces);
      expect(records).toEqual(told);
      const ends = frames.map((_frame, i) => frames.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0));
      for (const place of places) expect(ends).toContain(place);
      const skipped = Math.min(first, all.length);
      const from = ends[skipped - 1] ?? 0;
      expect(cut([bytes.subarray(from)], from).records).toEqual(told.slice(skipped));
    }),
    { numRuns: 100 },
  );
});

test('one that was written down in part is told of as bad', () => {
  const frame = frameOf(Buffer.from('to be or not'), { address: '127.0.0.1', port: 9 });
  const { records, places } = cut([frame, frame.subarray(0, 18)]);
  expect(records).toEqual(['9 127.0.0.1 to be or not', expect.stringMatching(/^bad /)]);
  expect(places).toEqual([frame.length, frame.length + 18]);
});
