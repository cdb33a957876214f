import { fstatSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { leadsToTerminal } from '../streams/leads-to-terminal.ts';
import type { Size } from './screen.ts';

/** What is known of the terminal before anything is written. */
interface Surroundings {
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Both are terminals, and the same one. */
  readonly isSame: boolean;
  /** It can move the cursor, and we are not in the background. */
  readonly canDraw: boolean;
  /** It shows ASCII only, by its locale. */
  readonly ascii: boolean;
  /** Standard output is a pipe or socket: what reads it may write to the terminal as well. */
  readonly stdoutIsPiped: boolean;
}

export function lookAround(inForeground: boolean): Surroundings {
  // Asked of the descriptors: Node makes a stream of each, which most runs do not use.
  const stdoutIsTerminal = leadsToTerminal(1);
  const stderrIsTerminal = leadsToTerminal(2);
  const stdout = fstatSync(1);
  return {
    stdoutIsTerminal,
    stderrIsTerminal,
    isSame: stdoutIsTerminal && stderrIsTerminal && stdout.rdev === fstatSync(2).rdev,
    canDraw: process.env.TERM !== 'dumb' && process.env.TERM !== undefined && inForeground,
    ascii: !isUtf8(process.env),
    stdoutIsPiped: stdout.isFIFO() || stdout.isSocket(),
  };
}

/** Whether texts are UTF-8 in the user's locale; the first of the three that is set says (POSIX, Environment Variables, 8.2). */
export function isUtf8({ LC_ALL, LC_CTYPE, LANG }: { readonly [name: string]: string | undefined }): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

/** Some terminals do not know how large they are. */
const USUAL: Size = { columns: 80, rows: 24 };

export function sizeOf({ columns, rows }: Pick<WriteStream, 'columns' | 'rows'>): Size {
  return { columns: columns || USUAL.columns, rows: rows || USUAL.rows };
}
