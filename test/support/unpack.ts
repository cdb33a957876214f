import { openFramer, type TextArguments } from '../../src/flow/framing/text.ts';
import { TestRun } from './source.ts';

export const LINES: TextArguments = { delimiter: '\n', maxLine: 1024 * 1024, tag: false };

/** Gives bytes that are lent, piece by piece, to the framer of lines of an origin. */
export async function unpack(pieces: readonly Uint8Array[], run = new TestRun()): Promise<TestRun> {
  const framer = openFramer(LINES, run.origin('a'), run);
  for (const piece of pieces) {
    const lent = Buffer.from(piece);
    await framer.push(lent);
    lent.fill(0);
  }
  await framer.end();
  return run;
}
