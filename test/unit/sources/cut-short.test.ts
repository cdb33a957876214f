import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import type { Chunk } from '../../../src/flow/define/chunk.ts';
import type { SourceContext } from '../../../src/flow/define/context.ts';
import { DONE, FileProgress } from '../../../src/flow/files/file-progress.ts';
import { readPart } from '../../../src/flow/files/parts.ts';
import { readWhole } from '../../../src/flow/files/whole.ts';
import { openFramer } from '../../../src/flow/framing/text.ts';
import { hostSockets } from '../../../src/flow/sockets/host-sockets.ts';

/** A file of 1,000 lines of 1,000 bytes, which is read in several pieces; none of them ends with a line. */
function fileOfLines(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leat-cut-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'lines');
  writeFileSync(path, `${'x'.repeat(998)}y\n`.repeat(1000));
  return path;
}

/** A run that ends as soon as it is given something, and what it was given. */
function endingRun(): { readonly context: SourceContext; readonly given: () => string } {
  const stopping = new AbortController();
  const pieces: Buffer[] = [];
  const context: SourceContext = {
    clock: new VirtualClock(),
    sockets: hostSockets,
    signal: stopping.signal,
    once: false,
    origin: (name) => ({ id: 0, name, source: 0, lines: 0 }),
    deliver(chunk: Chunk) {
      if (chunk.kind === 'text') pieces.push(Buffer.from(chunk.bytes));
      stopping.abort();
      return undefined;
    },
    bad() {},
    note() {},
  };
  return { context, given: () => Buffer.concat(pieces).toString() };
}

const args = { delimiter: '\n', maxLine: 1024 * 1024, tag: false };

test.each(['a part', 'the whole'])('a run that ends within a file takes no half of a line: %s', async (how) => {
  const { context, given } = endingRun();
  const file = fileOfLines();
  if (how === 'the whole') {
    await readWhole(file, args, context, { progress: new FileProgress(file, {}, () => DONE) });
  } else {
    const framer = openFramer(args, context.origin(file), context);
    const part = { name: file, file, fileStart: 0, start: 0, end: 1_000_000 };
    await readPart(part, framer, () => undefined, context.signal);
  }
  expect(given().length).toBeGreaterThan(0);
  expect(given().length).toBeLessThan(1_000_000);
  expect(given().endsWith('y\n')).toBe(true);
});
