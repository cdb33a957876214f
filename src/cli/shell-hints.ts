import { existsSync } from 'node:fs';
import type { Problem } from '../base/problem.ts';
import { parseProgram } from '../query/text/parser.ts';
import { command } from './example-text.ts';

/** What the shell may have done to a program before we saw it, told beside the problems that it leaves behind. */

/** A way out for someone who gave more than one argument: files behind the program, or a program without quotes. */
export function surplusHint(program: string, surplus: readonly string[]): string {
  if (surplus.every((path) => existsSync(path))) {
    const paths = surplus.map((path) => `"${path}"`).join(', ');
    const input = surplus.length === 1 ? `; or give it as input: ${command(program)} < ${surplus[0]}` : '';
    return `a program names the files that it reads: ${command(`files(${paths}) | ${program}`)}${input}`;
  }
  const whole = [program, ...surplus].join(' ');
  const isProgram = parseProgram(whole).problems.length === 0;
  return `put the whole program into single quotes: ${command(isProgram ? whole : 'words | countByValue')}`;
}

/** Problems that are there because a piece of text is not. */
const HOLES = new Set(['missing-expression', 'missing-stage', 'empty-program']);

/** What may be behind the problems of a program that was typed into a shell; undefined where nothing speaks for it. */
export function quotingHint(problems: readonly Problem[], program: string): string | undefined {
  if (program.trim() !== '' && !/[\s|(]/.test(program) && existsSync(program)) {
    const run = program.endsWith('.leat') ? `leat -f ${program}` : `leat 'words | countByValue' < ${program}`;
    return `note: ${program} is a file; a program stands in its place: ${run}`;
  }
  if (problems.some(({ code }) => HOLES.has(code))) {
    return 'note: between double quotes the shell puts values in the place of $names, often none; between single quotes it changes nothing';
  }
  if (problems.some(({ code, place }) => code === 'unknown-name' && isCompared(program, place.start))) {
    return 'note: single quotes in a program in single quotes are lost on the way; write texts in it with double ones';
  }
  return undefined;
}

/** Whether the word at `start` is compared with something, as a text would be that has lost its quotes. */
function isCompared(program: string, start: number): boolean {
  return /[=!]==?\s*$/.test(program.slice(0, start));
}
