/** What servers answer that we ask. */
import type { IncomingMessage } from 'node:http';
import { wallClock } from '../../base/clock.ts';
import { visibleLine } from '../../base/visible.ts';

/** How long a server may say nothing, ms. */
export const LONGEST_SILENCE = 30_000;
/** What is read of its words, bytes. */
const MOST_READ = 16 * 1024;
/** What is shown of them, characters. */
const MOST_SHOWN = 300;

/** Whether a server that answers with this status, which says that something failed, may do otherwise later. */
export function mayPass(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/** When a server that takes nothing now wants to be asked again, ms from now, by a number of seconds or a time (RFC 9110, 10.2.3). */
export function retryAfter({ headers }: IncomingMessage, now = wallClock.now()): number | undefined {
  const text = (headers['retry-after'] ?? '').trim();
  if (/^\d{1,9}$/.test(text)) return 1000 * Number(text);
  const time = /\d:\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

/** The start of what somebody else says, of which all is seen as what it is. */
export function shown(text: string): string {
  return visibleLine(text.slice(0, MOST_SHOWN));
}

/** The start of the text of an answer, of which the rest is not read. Never rejects. */
export async function startOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  const cut = setTimeout(() => answer.destroy(), LONGEST_SILENCE);
  try {
    for await (const piece of answer) {
      pieces.push(piece as Buffer);
      size += (piece as Buffer).length;
      if (size >= MOST_READ) break;
    }
  } catch {
    // What came of it will do.
  } finally {
    clearTimeout(cut);
    answer.destroy();
  }
  return Buffer.concat(pieces).toString();
}
