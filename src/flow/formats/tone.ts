import type { ChalkInstance } from 'chalk';

/** Words by which logs say how bad something is, as whole cells. */
const RED = /^(?:error|err|fatal|critical|crit|alert|emerg|emergency|panic|severe)$/i;
const YELLOW = /^(?:warn|warning)$/i;
/** Columns that hold the status of an answer of HTTP. */
const STATUS = /(?:^|[._])(?:status|status_?code)$/i;

/**
 * The colour of a cell that says how bad something is: errors red, warnings yellow, and so an HTTP status from 500 and from 400 on; undefined
 * for all others.
 *
 * @param name of the column.
 * @param text of the cell, without spaces around it.
 */
export function toneOf(name: string, text: string, paint: ChalkInstance): ChalkInstance | undefined {
  if (RED.test(text)) return paint.red;
  if (YELLOW.test(text)) return paint.yellow;
  if (!STATUS.test(name)) return undefined;
  return /^5\d\d$/.test(text) ? paint.red : /^4\d\d$/.test(text) ? paint.yellow : undefined;
}
