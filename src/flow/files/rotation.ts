/** What programs that rotate logs make of a name: `app.log.1`, `app.log-20261125.gz`, `app.2026-11-25.log`, `app.log~`. */
import { extname } from 'node:path';

const PACKED = /\.(?:gz|bz2|xz|zst|zip|Z)$/;

const WORDS: ReadonlySet<string> = new Set([
  'old',
  'bak',
  'backup',
  'orig',
  'prev',
  'previous',
  'last',
  'save',
  'saved',
]);

/** Whether a part of a name is what a rotation adds: numbers, dates, times, and words like `old`, each behind `.`, `-`, `_` or `~`. */
function isMark(text: string): boolean {
  const parts = text.split(/[-._~]/);
  return (
    parts[0] === '' && parts.every((part) => part === '' || /^\d[\dT:]*Z?$/.test(part) || WORDS.has(part.toLowerCase()))
  );
}

/** The names that a rotation may have made this one of. */
export function namesBefore(name: string): ReadonlySet<string> {
  const plain = name.replace(PACKED, '');
  const before = new Set<string>(plain === name ? [] : [plain]);
  const ending = extname(plain);
  const stem = plain.slice(0, plain.length - ending.length);
  for (let at = 1; at < plain.length; at++) if (isMark(plain.slice(at))) before.add(plain.slice(0, at));
  for (let at = 1; at < stem.length; at++) if (isMark(stem.slice(at))) before.add(stem.slice(0, at) + ending);
  return before;
}
