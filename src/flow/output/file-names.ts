import { createHash } from 'node:crypto';
import { parse } from 'node:path';
import { toText } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';

/** The most bytes that a value takes in the name of a file: names of 255 bytes are the longest that file systems have. */
const LONGEST = 120;

/** Letters, marks and digits of all scripts, and a few signs that mean nothing to any file system. */
function isPlain(character: string): boolean {
  if (character < '\x80') return /[\w.,=@+ -]/.test(character);
  return /[\p{L}\p{M}\p{N}]/u.test(character);
}

/** Names that stand for devices on Windows, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/**
 * A value as a part of the name of a file. Different texts have different names, values with the same text have the same one, and none leads
 * elsewhere: what may mean something is written as `%` and its bytes, as in addresses; the empty text is `%empty`, and one that is too long is cut and
 * ends in `~` and a hash of the whole.
 */
export function fileNameOf(value: Value): string {
  const text = toText(value).normalize('NFC');
  if (text === '') return '%empty';
  const last = text.length - 1;
  let name = '';
  let bytes = 0;
  let isCut = false;
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at)!);
    // A point in front hides a file, `..` is another directory; behind, a point and a space are dropped by Windows.
    const isAtEnd =
      (at === 0 && character === '.') || ((at === 0 || at === last) && (character === ' ' || character === '.'));
    const piece = isPlain(character) && !isAtEnd ? character : encoded(character);
    bytes += Buffer.byteLength(piece);
    isCut = bytes > LONGEST;
    if (isCut) break;
    name += piece;
    at += character.length;
  }
  if (DEVICE.test(name)) name = encoded(name[0]!) + name.slice(1);
  return isCut ? `${name}~${createHash('sha256').update(text).digest('hex').slice(0, 16)}` : name;
}

function encoded(character: string): string {
  let text = '';
  for (const byte of Buffer.from(character)) text += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return text;
}

/** The path of the file for one of the values that a file is split by: `out-DE.csv` of `out.csv`, `out/DE` of `out/`, `out/DE.csv` of `out/.csv`, `out-DE.csv.gz` of `out.csv.gz`. */
export function pathWith(path: string, name: string): string {
  const packed = /\.(?:gz|zst)$/i.exec(path)?.[0];
  if (packed !== undefined && packed.length < parse(path).base.length) {
    return pathWith(path.slice(0, -packed.length), name) + packed;
  }
  if (/[/\\]$/.test(path)) return path + name;
  const { base, ext } = parse(path);
  const ending = ext === '' && base.startsWith('.') ? base : ext;
  const start = path.slice(0, path.length - ending.length);
  return start === '' || start.endsWith('/') ? `${start}${name}${ending}` : `${start}-${name}${ending}`;
}
