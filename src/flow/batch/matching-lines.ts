import type { Cursor } from './chunk.ts';
import { countNewlines } from './kernel/newlines.ts';
import { lineEnd, textEnd } from './lines.ts';
import type { TakeTexts, TextForm } from './text-form.ts';

const NEWLINE = 10;

/** A test of lines that looks for a text in them. */
export type TextTest = Extract<TextForm, { readonly text: string }>;

/**
 * Takes lines and hands those that pass the test on, in runs of lines that follow each other. The text is looked for in all lines at once,
 * so that lines without it are never looked at by themselves.
 */
export function matchingLines(test: TextTest, cursor: Cursor, take: TakeTexts): TakeTexts {
  const text = Buffer.from(test.text);
  const passes = TESTS[test.kind];
  return (lines) => {
    let line = cursor.line;
    let counted = 0;
    const hand = (start: number, end: number) => {
      line += countNewlines(lines.subarray(counted, start));
      counted = start;
      cursor.line = line;
      take(lines.subarray(start, end));
    };
    // The run of lines that is not handed on yet.
    let start = 0;
    let end = 0;
    for (let at = lines.indexOf(text); at !== -1; ) {
      const lineStart = at === 0 ? 0 : lines.lastIndexOf(NEWLINE, at - 1) + 1;
      const next = lineEnd(lines, at);
      if (passes(lines, text, lineStart, textEnd(lines, lineStart, next))) {
        if (lineStart > end) {
          if (end > start) hand(start, end);
          start = lineStart;
        }
        end = next;
      }
      at = lines.indexOf(text, next);
    }
    if (end > start) hand(start, end);
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
