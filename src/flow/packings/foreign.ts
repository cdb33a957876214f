import { beginAlike } from './packing.ts';

/** What data is that is neither text nor can be unpacked, by its first bytes: its name, and what to do instead. */
const FOREIGN: readonly (readonly [bytes: string, what: string, help?: string])[] = [
  ['PK\x03\x04', 'a zip archive', '`unzip -p FILE | leat …` gives what is in it'],
  ['PK\x05\x06', 'an empty zip archive'],
  ['7z', 'a 7z archive', '`7z x -so FILE | leat …` gives what is in it'],
  ['Rar!', 'a RAR archive', '`unrar p -inul FILE | leat …` gives what is in it'],
  ['\x1f\x9d', 'packed by compress', '`zcat FILE | leat …` unpacks it'],
  ['\x7fELF', 'a program (ELF)'],
  ['\0asm', 'a program (WebAssembly)'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['%PDF-', 'a PDF document', '`pdftotext FILE - | leat …` gives its text'],
  ['SQLite', 'an SQLite database', '`sqlite3 -json FILE "select …" | leat json` reads a table of it'],
  ['Obj\x01', 'an Avro file'],
  ['PAR1', 'a Parquet file', '`files("x.parquet")` reads files whose names end so'],
];

/** So many of the first bytes are shown. */
const SHOWN = 4;

/** What is told of data of the kind `foreign`: what it seems to be, with its first bytes, and what to do instead. */
export function foreignText(first: Uint8Array): string {
  const [, what, help] = FOREIGN.find(([bytes]) => beginAlike(first, bytes))!;
  const shown = Buffer.from(first.subarray(0, SHOWN))
    .toString('hex')
    .replaceAll(/..(?=.)/g, '$& ');
  return `it is ${what} (it begins with ${shown}) and no text${help === undefined ? '' : `: ${help}`}`;
}
