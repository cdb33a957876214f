import { STRING } from '../../base/type.ts';
import { defineStage } from '../define.ts';
import { textOf } from './parsing.ts';

const WHITE_SPACE = /\s+/;

/** For each ASCII byte, 1 if `\s` matches it, else 0. */
const ASCII_SPACE = Uint8Array.from({ length: 0x80 }, (_, byte) =>
  WHITE_SPACE.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** The bytes of the white space outside ASCII that starts at `at`, or 0: every character beyond U+007F that `\s` matches, in UTF-8. */
function wideSpace(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1];
  const third = bytes[at + 2]!;
  switch (bytes[at]) {
    case 0xc2: // U+00A0
      return second === 0xa0 ? 2 : 0;
    case 0xe1: // U+1680
      return second === 0x9a && third === 0x80 ? 3 : 0;
    case 0xe2: // U+2000 to U+200A, U+2028, U+2029, U+202F; U+205F
      if (second === 0x80) return third <= 0x8a || third === 0xa8 || third === 0xa9 || third === 0xaf ? 3 : 0;
      return second === 0x81 && third === 0x9f ? 3 : 0;
    case 0xe3: // U+3000
      return second === 0x80 && third === 0x80 ? 3 : 0;
    case 0xef: // U+FEFF
      return second === 0xbb && third === 0xbf ? 3 : 0;
    default:
      return 0;
  }
}

export const words = defineStage({
  name: 'words',
  group: 'parser',
  summary: 'The words of each line, split at white space',
  docs:
    'Gives each word as a record; nothing else is changed, so case and punctuation stay. White space is what `\\s` matches: blanks, tabs, ' +
    'line ends, and the other spaces of Unicode, the no-break space among them. A line without words gives nothing.',
  examples: [
    { program: 'words', in: 'To be,  or\n  not', out: 'To\nbe,\nor\nnot' },
    { program: 'words | countByValue', in: 'a b a', out: 'a\t2\nb\t1' },
  ],
  parameters: {},
  needs: 'text',
  gives: () => STRING,
  behaviour: {
    kind: 'record',
    create: () => (record, emit) => {
      // Only the first and the last piece can be empty.
      for (const word of textOf(record).split(WHITE_SPACE)) if (word !== '') emit(word);
    },
    slices: () => (bytes, start, end, emit) => {
      let from = start;
      for (let at = start; at < end; ) {
        const length = bytes[at]! < 0x80 ? ASCII_SPACE[bytes[at]!]! : wideSpace(bytes, at);
        if (length === 0) {
          at++;
          continue;
        }
        if (at > from) emit(bytes, from, at);
        at += length;
        from = at;
      }
      if (end > from) emit(bytes, from, end);
    },
  },
  spark: { template: '$input.flatMap(_.split("\\\\s+")).filter(_.nonEmpty)' },
});
