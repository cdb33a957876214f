import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Framer } from '../../../src/flow/define/framer.ts';
import { cutFiles, readPart, sampleOf } from '../../../src/flow/files/parts.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leat-parts-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Keeps what it is given. */
class Kept implements Framer {
  readonly pieces: Buffer[] = [];

  push(piece: Uint8Array): undefined {
    this.pieces.push(Buffer.from(piece));
  }

  end(): undefined {}

  get text(): string {
    return Buffer.concat(this.pieces).toString();
  }
}

async function partsOf(texts: readonly string[], shares: readonly number[]): Promise<string[]> {
  const files = texts.map((text, i) => {
    const path = join(folder, `${i}.txt`);
    writeFileSync(path, text);
    return { name: path, file: path, start: 0, end: Buffer.byteLength(text) };
  });
  const runs = cutFiles(files, shares);
  return Promise.all(
    runs.map(async (run) => {
      let text = '';
      for (const part of run) {
        const kept = new Kept();
        await readPart(part, kept, () => undefined, new AbortController().signal);
        text += kept.text;
      }
      return text;
    }),
  );
}

test('parts hold whole lines, each once and in order, wherever the files are cut', async () => {
  const line = fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\n', '_'));
  const file = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
    .map(([lines, ended]) => lines.join('\n') + (ended ? '\n' : ''));
  const shares = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }).map((weights) => {
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  });
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 3 }), shares, async (texts, cut) => {
      const parts = await partsOf(texts, cut);
      expect(parts.join('')).toBe(texts.join(''));
      // A part ends where a line does, or where a file does.
      const ends = new Set<number>([0]);
      let at = 0;
      for (const text of texts) {
        const bytes = Buffer.from(text);
        bytes.forEach((byte, i) => {
          if (byte === 10) ends.add(at + i + 1);
        });
        at += bytes.length;
        ends.add(at);
      }
      let end = 0;
      for (const part of parts) {
        end += Buffer.byteLength(part);
        expect(ends).toContain(end);
      }
    }),
    { numRuns: 200 },
  );
});

test('a line longer than a piece goes to the part in which it begins', async () => {
  const long = 'x'.repeat(600 * 1024);
  expect(await partsOf([`a\n${long}\nb\n`], [0.3, 0.3, 0.4])).toEqual([`a\n${long}\n`, '', 'b\n']);
});

test('a sample holds the whole lines behind a place, and where they begin', async () => {
  const path = join(folder, 'sample.txt');
  writeFileSync(path, 'é\r\nbc\n\nlast');
  const part = { name: path, file: path, start: 5, end: 12, fileStart: 0 };
  expect(sampleOf(part, 0)).toEqual({ lines: ['é', 'bc', ''], starts: [0, 4, 7] });
  expect(sampleOf(part, 4)).toEqual({ lines: ['bc', ''], starts: [4, 7] });
  expect(sampleOf(part, 5)).toEqual({ lines: [''], starts: [7] });
  expect(sampleOf(part, 9)).toEqual({ lines: [], starts: [] });
});
