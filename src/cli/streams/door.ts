/**
 * What leat itself says, on standard error and beside results, goes out here and nowhere else, so that nothing of the data in it (a name of
 * a field or a file, a record) can be a command to a terminal, or look like another line of ours.
 */
import { visibleLine, visibleLines } from '../../base/visible.ts';
import { leadsToTerminal } from './leads-to-terminal.ts';
import { leavePolitely, leaveQuietly } from './leave.ts';

/** One line on standard error. Tabs stay, line ends in it are written out. */
export function tell(line: string): void {
  tellPainted(visibleLine(line));
}

/** Lines on standard error that are ours alone, with colours: what is not ours in them has been made visible by who painted them. */
export function tellPainted(lines: string): void {
  leaveQuietly();
  process.stderr.write(`${lines}\n`);
}

/** Text on standard error as a parser of options writes it: lines with their ends. */
export function tellLines(text: string): void {
  leaveQuietly();
  process.stderr.write(visibleLines(text));
}

/** Text on standard output, lines with their ends; as it is where that is no terminal. */
export function say(text: string): void {
  leavePolitely();
  process.stdout.write(leadsToTerminal(1) ? visibleLines(text) : text);
}
