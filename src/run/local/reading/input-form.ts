/** What the first bytes of data say of what it is, where that is evident. Nothing is read otherwise for it. */

/** How many first bytes are looked at. */
export const LOOKED_AT = 4096;
const NEWLINE = 10;
const RETURN = 13;

/** Something that is no lines of UTF-8, and the command that makes lines of it, where there is one. */
export interface Foreign {
  /** As in "stdin is …". */
  readonly what: string;
  readonly command?: string;
}

/** Texts that a parser of ours reads. */
export type TextForm = 'json' | 'csv' | 'tsv' | 'logfmt' | 'clf';

const SIGNATURES: readonly (Foreign & { readonly bytes: Buffer })[] = [
  { what: 'packed by xz', command: 'xzcat', bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) },
  { what: 'packed by zstd', command: 'zstdcat', bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { what: 'packed by bzip2', command: 'bzcat', bytes: Buffer.from('BZh') },
  { what: 'packed by lz4', command: 'lz4 -dc', bytes: Buffer.from([0x04, 0x22, 0x4d, 0x18]) },
  { what: 'a zip archive', command: 'unzip -p', bytes: Buffer.from('PK\u0003\u0004') },
  { what: 'a 7z archive', command: '7z e -so', bytes: Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) },
  { what: 'a Parquet file', bytes: Buffer.from('PAR1') },
  { what: 'an Avro file', bytes: Buffer.from('Obj\u0001') },
  { what: 'an ORC file', bytes: Buffer.from('ORC') },
  { what: 'an SQLite database', bytes: Buffer.from('SQLite format 3\0') },
  { what: 'a PDF file', bytes: Buffer.from('%PDF-') },
  { what: 'UTF-16', command: 'iconv -f UTF-16 -t UTF-8', bytes: Buffer.from([0xff, 0xfe]) },
  { what: 'UTF-16', command: 'iconv -f UTF-16 -t UTF-8', bytes: Buffer.from([0xfe, 0xff]) },
];

/** Fewer zeros are no evidence. */
const LEAST_ZEROS = 8;

/** Signatures that are letters, which a text could begin with: then something that no text has must follow. */
const LETTERS = /^(?:BZh[1-9]1AY&SY|PAR1|ORC)[\s\S]*[^\t\n\r -~]/;

/** What data is that is no text in UTF-8; undefined where it may be. */
export function foreignFormOf(bytes: Buffer): Foreign | undefined {
  const first = bytes.subarray(0, LOOKED_AT);
  const found = SIGNATURES.find((form) => first.subarray(0, form.bytes.length).equals(form.bytes));
  if (found !== undefined && (!isLetters(found.bytes) || LETTERS.test(first.toString('latin1')))) return found;
  // A text has none, and the engine looks for the first one faster than a loop counts them.
  if (!first.includes(0)) return undefined;
  const [even, odd] = [zeros(first, 0), zeros(first, 1)];
  if (even + odd < LEAST_ZEROS) return undefined;
  const half = first.length / 2;
  if (odd > 0.4 * half && even < 0.1 * half) return { what: 'UTF-16', command: 'iconv -f UTF-16LE -t UTF-8' };
  if (even > 0.4 * half && odd < 0.1 * half) return { what: 'UTF-16', command: 'iconv -f UTF-16BE -t UTF-8' };
  return even + odd > 0.1 * first.length ? { what: 'binary data' } : undefined;
}

/** Whether lines end in a carriage return alone, as on the first Macs. */
export function endsInReturns(bytes: Buffer): boolean {
  const first = bytes.subarray(0, LOOKED_AT);
  return !first.includes(NEWLINE) && first.indexOf(RETURN) !== first.lastIndexOf(RETURN);
}

const CLF = /^\S+ \S+ .*\[\d\d\/\w{3}\/\d{4}:[^\]]+\] "/;
const LOGFMT = /^\s*[\w.@-]+=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+[\w.@-]+(?:=(?:"(?:[^"\\]|\\.)*"|[^\s"]*))?)*\s*$/;
/** So many lines are looked at. */
const LINES = 10;

/** What the lines are, where all of the first ones say so. */
export function textFormOf(bytes: Buffer): TextForm | undefined {
  const lines = firstLines(bytes);
  const [first] = lines;
  if (first === undefined) return undefined;
  if (/^\s*(?:\{\s*"|\[\s*[{["\d]|[{[]\s*$)/.test(first)) return 'json';
  if (lines.every((line) => CLF.test(line))) return 'clf';
  if (lines.every((line) => LOGFMT.test(line))) return 'logfmt';
  if (lines.length < 2) return undefined;
  if (isTable(lines, '\t')) return 'tsv';
  return isTable(lines, ',') ? 'csv' : undefined;
}

/** What separates the fields of a table where a comma does not, in all of the first lines. */
export function otherSeparator(bytes: Buffer): string | undefined {
  const lines = firstLines(bytes);
  if (lines.length < 2 || isTable(lines, ',')) return undefined;
  return [';', '|'].find((separator) => isTable(lines, separator));
}

function firstLines(bytes: Buffer): readonly string[] {
  const text = bytes.toString('utf8', 0, LOOKED_AT);
  // The last one may be cut off.
  const all = text.split('\n');
  return (bytes.length >= LOOKED_AT || text.endsWith('\n') ? all.slice(0, -1) : all)
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line.trim() !== '')
    .slice(0, LINES);
}

const COMMON = /^\S+ .*?\] "(?:[^"\\]|\\.)*" (?:\d{3}|-) (?:\d+|-)(?: |$)/;
const REFERRER_AND_AGENT = /^"(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*"(?: |$)/;

/** What stands in the first line behind all that the common and the combined log format have, and says something: a server may add fields. */
export function behindAccessLog(bytes: Buffer): string | undefined {
  const [first] = bytes.toString('utf8', 0, LOOKED_AT).split(/\r?\n/, 1);
  if (!COMMON.test(first!)) return undefined;
  const added = first!.replace(COMMON, '').replace(REFERRER_AND_AGENT, '');
  return /^["\s-]*$/.test(added) ? undefined : added;
}

/** Whether each line has as many separators as the first one, outside of quotes. */
function isTable(lines: readonly string[], separator: string): boolean {
  const counts = lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, '').split(separator).length);
  return counts[0]! > 1 && counts.every((count) => count === counts[0]);
}

function isLetters(bytes: Buffer): boolean {
  return /^[A-Za-z\d]+$/.test(bytes.toString('latin1'));
}

function zeros(bytes: Buffer, from: 0 | 1): number {
  let count = 0;
  for (let i = from; i < bytes.length; i += 2) if (bytes[i] === 0) count++;
  return count;
}
