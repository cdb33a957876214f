import { spawnSync } from 'node:child_process';
import { say } from './door.ts';
import { leadsToTerminal } from './leads-to-terminal.ts';

/** Writes a text to standard output: on a terminal that has not as many lines, page by page, by what `PAGER` names or by less. */
export function sayInPages(text: string): void {
  const { rows = Number.POSITIVE_INFINITY } = process.stdout;
  if (leadsToTerminal(1) && text.split('\n').length > rows && isShown(text)) return;
  say(text);
}

/** Whether there is a pager that has shown it. */
function isShown(text: string): boolean {
  const { PAGER = '' } = process.env;
  // The name of a command and its options; it is no line for a shell.
  const [pager = 'less', ...options] = PAGER.trim() === '' ? ['less', '-FRX'] : PAGER.trim().split(/\s+/);
  const { error } = spawnSync(pager, options, { input: text, stdio: ['pipe', 'inherit', 'inherit'] });
  return error === undefined || 'code' in error === false || error.code === 'EPIPE';
}
