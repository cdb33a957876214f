import { Chalk } from 'chalk';
import type { Paint } from '../../base/code-frame.ts';

/**
 * Whether a stream is coloured: `--color` and `--no-color` first, then NO_COLOR and FORCE_COLOR (no-color.org, force-color.org), then
 * whether it is a terminal that can.
 */
export function wantsColor(flag: boolean | undefined, isTerminal: boolean): boolean {
  if (flag !== undefined) return flag;
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return isTerminal && TERM !== 'dumb';
}

/** The colours of problems, which go to standard error. */
export function problemPaint(flag: boolean | undefined): Paint | undefined {
  if (!wantsColor(flag, process.stderr.isTTY === true)) return undefined;
  const chalk = new Chalk({ level: 1 });
  return {
    error: chalk.bold.red,
    message: chalk.bold,
    place: chalk.red,
    also: chalk.blue,
    help: chalk.cyan,
    quiet: chalk.dim,
  };
}
