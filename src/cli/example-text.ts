import type { Example } from '../flow/define/word.ts';

/** An example as it goes on a terminal: the files it reads, the command, what goes in and comes out, the files it writes. */
export function exampleText({ program, in: input, files = {}, out, writes = {}, notRun }: Example): string {
  return [
    ...Object.entries(files).map(([name, content]) => labelled(name, content)),
    command(program),
    ...(input === undefined ? [] : [labelled('in', input)]),
    ...(out === '' ? [] : [labelled('out', out)]),
    ...Object.entries(writes).map(([name, content]) => labelled(name, content)),
    ...(notRun === undefined ? [] : [`(${notRun})`]),
  ].join('\n');
}

/** How a program is run. A single quote in it ends the shell's, stands escaped, and begins another. */
export function command(program: string, flags = ''): string {
  return `leat ${flags}'${program.replaceAll("'", "'\\''")}'`;
}

/** A program that shows what an expression gives. */
export function programOf(expression: string): string {
  return `queue([0]) | map(x => ${expression})`;
}

const LABEL_WIDTH = 5;

/** Lines behind a label, those after the first set in as far. */
function labelled(label: string, text: string): string {
  const margin = `\n${' '.repeat(LABEL_WIDTH)}`;
  const start = label.length < LABEL_WIDTH ? label.padEnd(LABEL_WIDTH) : label + margin;
  return start + text.replace(/\n$/, '').replaceAll('\n', margin);
}
