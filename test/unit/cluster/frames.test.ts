import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, frameOf } from '../../../src/run/cluster/frames.ts';

test('frames come whole, however the pipe cuts them', () => {
  const frames = fc.array(fc.tuple(fc.constantFrom('A', 'Z'), fc.uint8Array({ maxLength: 40 })));
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (sent, sizes) => {
      const bytes = Buffer.concat(sent.map(([type, payload]) => frameOf(type, payload)));
      const reader = new FrameReader();
      const came: (readonly [string, number[]])[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const end = at + sizes[i % sizes.length]!;
        for (const { type, payload } of reader.push(bytes.subarray(at, end))) came.push([type, [...payload]]);
        at = end;
      }
      expect(came).toEqual(sent.map(([type, payload]) => [type, [...payload]]));
    }),
  );
});

test('what is no frame is an error', () => {
  expect(() => new FrameReader().push(Buffer.from([255, 255, 255, 255, 65]))).toThrow('no message of leat');
});
