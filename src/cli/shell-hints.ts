import { existsSync } from 'node:fs';
import type { Problem } from '../base/problem.ts';
import { sources } from '../flow/catalog.ts';
import { parseProgram } from '../query/text/parser.ts';
import { command } from './example-text.ts';

/** What the shell may have done to a program before we saw it, told beside the problems that it leaves behind. */

/** A way out for someone who gave more than one argument: files behind the program, or a program without quotes. */
export function surplusHint(program: string, surplus: readonly string[]): string {
  if (surplus.every((path) => existsSync(path))) {
    const paths = surplus.map((path) => `"${path}"`).join(', ');
    if (opensFiles(program)) return `a source names its files in brackets: ${command(`${program}(${paths})`)}`;
    const input = surplus.length === 1 ? `; or give it as input: ${command(program)} < ${surplus[0]}` : '';
    return `a program names the files that it reads: ${command(`files(${paths}) | ${program}`)}${input}`;
  }
  const [behind] = surplus;
  if (surplus.length === 1 && existsSync(program) && parseProgram(behind!).problems.length === 0) {
    return `the program comes first: ${command(behind!)} < ${program}; or it names the file: ${command(`files("${program}") | ${behind}`)}`;
  }
  const whole = [program, ...surplus].join(' ');
  const isProgram = parseProgram(whole).problems.length === 0;
  return `put the whole program into single quotes: ${command(isProgram ? whole : 'words | countByValue')}`;
}

/** Whether a word is a source that reads files: it may sound like a command that does. */
function opensFiles(word: string): boolean {
  return sources.get(word)?.opensFiles === true;
}

/**
 * What may be behind an output that its reader closed without having taken anything, where the program is a single word:
 * `leat json | countBy`, of which the shell looked for a command `countBy`. Undefined where nothing speaks for it.
 */
export function unreadHint(program: string): string | undefined {
  if (!/^\s*\w+\s*$/.test(program)) return undefined;
  return `what was to read the output ended without reading; if it was to be a part of the program, put all of it into single quotes: ${command(`${program.trim()} | …`)}`;
}

/** Problems that are there because a piece of text is not. */
const HOLES = new Set(['missing-expression', 'missing-stage', 'empty-program']);

/** What may be behind the problems of a program that was typed into a shell; undefined where nothing speaks for it. */
export function quotingHint(problems: readonly Problem[], program: string): string | undefined {
  if (program.trim() !== '' && !/[\s|(]/.test(program) && existsSync(program)) {
    const run = program.endsWith('.leat') ? `leat -f ${program}` : `leat 'words | countByValue' < ${program}`;
    return `note: ${program} is a file; a program stands in its place: ${run}`;
  }
  if (
    problems.some(
      ({ code, place }) => HOLES.has(code) || (code === 'missing-argument' && isEmptyCall(program, place.end)),
    )
  ) {
    return 'note: between double quotes the shell puts values in the place of $names and `commands`, often none; between single quotes it changes nothing';
  }
  if (problems.some(({ code, place }) => code === 'unknown-name' && isCompared(program, place.start))) {
    return 'note: quotes in a program that stands in quotes of the same kind are lost on the way; put it into single ones, and write texts in it with double ones';
  }
  return undefined;
}

/** Whether the word that ends at `end` has brackets with nothing in them. */
function isEmptyCall(program: string, end: number): boolean {
  return /^\(\s*\)/.test(program.slice(end));
}

/** Whether the word at `start` is compared with something, as a text would be that has lost its quotes. */
function isCompared(program: string, start: number): boolean {
  return /[=!]==?\s*$/.test(program.slice(0, start));
}
