import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstRowIn, widthOf } from '../../../src/flow/parsing/row-guess.ts';

const cells = { delimiter: ',', quotes: true };

describe('the first row among lines from the middle of a table', () => {
  test('is the first line where it fits', () => {
    expect(firstRowIn(['1,2,3', '4,"a', 'b",5', '6,7,8'], cells, 3)).toBe(0);
  });

  test('is behind a quoted field that the lines begin in', () => {
    const lines = ['nd of a text, with a comma', 'that is quoted",7', '2,"another",9', '3,"more', 'of it",4', '5,6,7'];
    expect(firstRowIn(lines, cells, 3)).toBe(2);
  });

  test('is the first line where quotes are text, and where there is nothing to go by', () => {
    expect(firstRowIn(['a', 'b",7', '2,"c",9', '2,"c",9'], { delimiter: ',', quotes: false }, 3)).toBe(0);
    expect(firstRowIn([], cells, 3)).toBe(0);
    expect(firstRowIn(['', ''], cells, 3)).toBe(0);
  });

  test('begins a row, at whatever line of a table of texts one looks', () => {
    const text = fc.array(fc.constantFrom('one', 'two words', '', 'a ""quote""', 'more\nof it', '\n'), {
      maxLength: 6,
    });
    const row = fc
      .tuple(fc.nat(), text, fc.constantFrom('x', '', '"y, z"'))
      .map(([id, words, last]) => `${id},"${words.join('\n')}",${last}`.split('\n'));
    const table = fc.array(row, { minLength: 6, maxLength: 20 });
    fc.assert(
      fc.property(table, fc.nat(), (rows, place) => {
        const lines = rows.flat();
        const begins = new Set<number>();
        let next = 0;
        for (const { length } of rows) {
          begins.add(next);
          next += length;
        }
        // A few rows have to follow.
        const last = [...begins][rows.length - 4]!;
        const at = place % (last + 1);
        expect(begins).toContain(at + firstRowIn(lines.slice(at), cells, 3));
      }),
      { numRuns: 500 },
    );
  });
});

test('the width of a line', () => {
  expect(widthOf('a,"b,c",', cells)).toBe(3);
  expect(widthOf('a,"b,c",', { ...cells, quotes: false })).toBe(4);
  expect(widthOf('a,"b', cells)).toBe(0);
});
