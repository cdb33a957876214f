import type { Cursor } from '../define/chunk.ts';
import type { TakeTexts } from '../define/faster.ts';
import type { TextForm } from '../define/text-form.ts';
import { lineEnd, textEnd } from '../framing/lines.ts';
import { inPieces } from './pieces.ts';
import { TextFinder } from './text-finder.ts';

const NEWLINE = 10;

/** A test of lines that looks for a text in them. */
type TextTest = Extract<TextForm, { readonly text: string }>;

/**
 * Takes lines and hands those that pass the test on, in runs of lines that follow each other. The text is looked for in many lines at once,
 * so that lines without it are never looked at by themselves.
 */
export function matchingLines(test: TextTest, cursor: Cursor, take: TakeTexts): TakeTexts {
  const text = Buffer.from(test.text);
  const passes = TESTS[test.kind];
  let finder: TextFinder | undefined;
  return (lines) => {
    finder ??= new TextFinder(text);
    const found = finder;
    const first = cursor.line;
    let line = first;
    inPieces(lines, (piece) => {
      found.open(piece);
      let counted = 0;
      const hand = (start: number, end: number) => {
        line += found.newlines(counted, start);
        counted = start;
        cursor.line = line;
        take(piece.subarray(start, end));
      };
      // The run of lines that is not handed on yet.
      let start = 0;
      let end = 0;
      for (let at = found.next(0); at !== -1; ) {
        const lineStart = at === 0 ? 0 : piece.lastIndexOf(NEWLINE, at - 1) + 1;
        const next = lineEnd(piece, at);
        if (passes(piece, text, lineStart, textEnd(piece, lineStart, next))) {
          if (lineStart > end) {
            if (end > start) hand(start, end);
            start = lineStart;
          }
          end = next;
        }
        at = found.next(next);
      }
      if (end > start) hand(start, end);
      line += found.newlines(counted, piece.length);
    });
    return line - first + (lines[lines.length - 1] === NEWLINE ? 0 : 1);
  };
}

/** Whether the line `[start, end)` passes; the text is in it. */
const TESTS: {
  readonly [K in TextTest['kind']]: (lines: Buffer, text: Buffer, start: number, end: number) => boolean;
} = {
  includes: () => true,
  startsWith: (lines, text, start) => lines.compare(text, 0, text.length, start, start + text.length) === 0,
  endsWith: (lines, text, start, end) =>
    end - start >= text.length && lines.compare(text, 0, text.length, end - text.length, end) === 0,
};
