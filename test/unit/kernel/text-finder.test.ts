import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextFinder } from '../../../src/flow/bytes/text-finder.ts';

const letters = (least: number, most: number) =>
  fc.array(fc.constantFrom('a', 'b', '\n'), { minLength: least, maxLength: most }).map((signs) => signs.join(''));

test('a text is found wherever it stands, and nowhere else', () => {
  fc.assert(
    fc.property(letters(1, 20), letters(0, 90), letters(0, 90), fc.boolean(), (text, before, behind, isThere) => {
      const bytes = Buffer.from(isThere ? before + text + behind : before + behind);
      const finder = new TextFinder(Buffer.from(text));
      // What lay there before is not found.
      finder.open(Buffer.from(text.repeat(20)));
      finder.open(bytes);
      for (let from = 0; from <= bytes.length; from++) {
        expect(finder.next(from)).toBe(from === bytes.length ? -1 : bytes.indexOf(text, from));
        const newlines =
          bytes
            .subarray(from, from + 20)
            .toString()
            .split('\n').length - 1;
        expect(finder.newlines(from, Math.min(bytes.length, from + 20))).toBe(newlines);
      }
    }),
  );
});
