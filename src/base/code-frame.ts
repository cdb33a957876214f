import width from 'fast-string-width';
import type { Place, Problem } from './problem.ts';
import { hideSecrets } from './secrets.ts';

/** Colours for the parts of a rendered problem; each gives its text back with or without colour. */
export interface Paint {
  /** `error[code]` */
  error(text: string): string;
  /** The message behind it. */
  message(text: string): string;
  /** The carets at the place, and the label beside them. */
  place(text: string): string;
  /** The carets at the other place, and its label. */
  also(text: string): string;
  /** `help:` */
  help(text: string): string;
  /** Line numbers and the name of the source. */
  quiet(text: string): string;
}

const plain = (text: string) => text;
const PLAIN: Paint = { error: plain, message: plain, place: plain, also: plain, help: plain, quiet: plain };

/** A line of the program. `start` is its offset, `end` the one behind its last character. */
interface Line {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

/** A row of carets under a line. */
interface Mark {
  readonly line: Line;
  readonly place: Place;
  readonly label: string;
  readonly paint: (text: string) => string;
}

/**
 * A problem as a user reads it: what is wrong, the line with carets under the place, and a way out. No final line end.
 *
 *     error[needs-pairs]: `reduceByKey` needs pairs, found strings
 *       words | reduceByKey(_ + _)
 *               ^^^^^^^^^^^ `words` gives strings
 *       help: write `countByValue`, or `map([_, 1])` before it
 *
 * Programs of several lines have line numbers. Columns count as a terminal shows them: a wide character takes two.
 *
 * @param program the whole program that the problem's places belong to.
 * @param sourceName the file that the program came from; it is named with line and column (in characters, from 1).
 */
export function formatProblem(problem: Problem, program: string, sourceName?: string, paint: Paint = PLAIN): string {
  // As long as it was.
  const text = hideSecrets(program);
  const lines = linesOf(text);
  const marks = [mark(problem.place, problem.label ?? '', lines, paint.place)];
  if (problem.also !== undefined) marks.push(mark(problem.also.place, problem.also.label, lines, paint.also));
  const output = [`${paint.error(`error[${problem.code}]`)}: ${paint.message(visible(problem.message))}`];
  if (sourceName !== undefined)
    output.push(paint.quiet(`  ${visible(sourceName)}:${position(problem.place, text, marks[0]!.line)}`));
  output.push(...frame(marks, text, lines.length, paint));
  if (problem.help !== undefined) output.push(`  ${paint.help('help:')} ${visible(problem.help)}`);
  return output.join('\n');
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const match of text.matchAll(/\r?\n/g)) {
    lines.push({ number: lines.length + 1, start, end: match.index });
    start = match.index + match[0].length;
  }
  // A line end behind the last line starts no further one.
  if (start < text.length || lines.length === 0) lines.push({ number: lines.length + 1, start, end: text.length });
  return lines;
}

function mark(place: Place, label: string, lines: readonly Line[], paint: (text: string) => string): Mark {
  const line = lines.findLast(({ start }) => start <= place.start) ?? lines[0]!;
  return { line, place, label, paint };
}

/** `3:14`: line and column of the place, in characters from 1. */
function position(place: Place, text: string, line: Line): string {
  return `${line.number}:${Array.from(text.slice(line.start, Math.min(place.start, line.end))).length + 1}`;
}

/** The lines that have marks, each with its carets below it; a row of dots where lines between them are left out. */
function frame(marks: readonly Mark[], text: string, count: number, paint: Paint): string[] {
  const marked = [...new Set(marks.map(({ line }) => line))].sort((a, b) => a.number - b.number);
  const digits = String(marked.at(-1)!.number).length;
  const gutter = (shown: string) => (count === 1 ? '  ' : `  ${paint.quiet(`${shown.padStart(digits)} |`)} `);
  const output: string[] = [];
  let before: Line | undefined;
  for (const line of marked) {
    if (before !== undefined && line.number > before.number + 1) output.push(paint.quiet('  ...'));
    let shown: Excerpt | undefined;
    for (const each of marks.filter((candidate) => candidate.line === line)) {
      const excerpt = excerptFor(each, text);
      // Of a line that is too long, each place has its own piece.
      if (excerpt.shown !== shown?.shown) output.push(gutter(String(line.number)) + excerpt.shown);
      output.push(gutter('') + carets(each, excerpt, text));
      shown = excerpt;
    }
    before = line;
  }
  return output.map((shown) => shown.trimEnd());
}

/** What is shown of a line: from the offset `start` on, behind `lead`. */
interface Excerpt {
  readonly start: number;
  readonly lead: string;
  readonly shown: string;
}

/** The longest line that is shown whole, and how much of a longer one is shown before a place, in UTF-16 units. */
const LONGEST = 160;
const BEFORE = 60;

function excerptFor({ line, place }: Mark, text: string): Excerpt {
  if (line.end - line.start <= LONGEST) {
    return { start: line.start, lead: '', shown: visible(text.slice(line.start, line.end)) };
  }
  const start = outsidePair(text, Math.max(line.start, Math.min(place.start - BEFORE, line.end - LONGEST)));
  const end = outsidePair(text, Math.min(line.end, start + LONGEST));
  const lead = start > line.start ? '…' : '';
  return { start, lead, shown: lead + visible(text.slice(start, end)) + (end < line.end ? '…' : '') };
}

/** An offset that does not cut a character of two units. */
function outsidePair(text: string, at: number): number {
  return (text.codePointAt(at - 1) ?? 0) > 0xffff ? at - 1 : at;
}

/** Carets under a place, to the end of what is shown of its first line at most, and its label. A place without length has one. */
function carets({ line, place, label, paint }: Mark, excerpt: Excerpt, text: string): string {
  const start = Math.min(place.start, line.end);
  const end = Math.max(start, Math.min(place.end, line.end, excerpt.start + LONGEST));
  const before = excerpt.lead + visible(text.slice(excerpt.start, start));
  const indent = width(before);
  // Measured from the start of the line, since characters may join with the ones before them.
  const length = width(before + visible(text.slice(start, end))) - indent;
  return ' '.repeat(indent) + paint(`${'^'.repeat(Math.max(1, length))} ${visible(label)}`.trimEnd());
}

const TAB = '  ';

/**
 * Text that a terminal shows as it is: tabs as two spaces, control characters as their pictures, and the characters that turn
 * the direction of writing as a replacement character, since they could show another program than the one that runs.
 */
function visible(text: string): string {
  return text
    .replaceAll('\t', TAB)
    .replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/gu, '\ufffd');
}
