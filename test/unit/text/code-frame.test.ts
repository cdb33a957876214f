import { describe, expect, it } from 'vitest';
import { formatProblem, type Paint } from '../../../src/base/code-frame.ts';
import type { Problem } from '../../../src/base/problem.ts';

/** A problem at the first `found` in `text`. */
function problemAt(text: string, found: string, more: Partial<Problem> = {}): Problem {
  const start = text.indexOf(found);
  return { code: 'some-code', place: { start, end: start + found.length }, message: 'it is wrong', ...more };
}

const lines = (...all: string[]) => all.join('\n');

describe('a rendered problem', () => {
  it('shows code, message, line, carets, label and help', () => {
    const text = 'words | reduceByKey(_ + _)';
    const problem = problemAt(text, 'reduceByKey', {
      code: 'needs-pairs',
      message: 'reduceByKey needs pairs, found strings',
      label: 'words gives strings',
      help: 'countByValue, or map([_, 1]) before it',
    });
    expect(formatProblem(problem, text)).toBe(
      lines(
        'error[needs-pairs]: reduceByKey needs pairs, found strings',
        '  words | reduceByKey(_ + _)',
        '          ^^^^^^^^^^^ words gives strings',
        '  help: countByValue, or map([_, 1]) before it',
      ),
    );
  });

  it('needs neither label nor help', () => {
    expect(formatProblem(problemAt('a | b', 'b'), 'a | b')).toBe(
      lines('error[some-code]: it is wrong', '  a | b', '      ^'),
    );
  });

  it('has line numbers in a program of several lines, and the place behind the name of its file', () => {
    const text = 'words\n\t| map(x)\n| é | count\n';
    expect(formatProblem(problemAt(text, 'count', { label: 'here' }), text, 'a.leat')).toBe(
      lines('error[some-code]: it is wrong', '  a.leat:3:7', '  3 | | é | count', '    |       ^^^^^ here'),
    );
  });

  it('shows the other place on its own line, and dots for what lies between', () => {
    const text = Array.from({ length: 12 }, (_, i) => `| f${i + 1}`).join('\r\n');
    const other = text.indexOf('f3');
    const problem = problemAt(text, 'f11', {
      label: 'this',
      also: { place: { start: other, end: other + 2 }, label: 'that' },
    });
    expect(formatProblem(problem, text)).toBe(
      lines(
        'error[some-code]: it is wrong',
        '   3 | | f3',
        '     |   ^^ that',
        '  ...',
        '  11 | | f11',
        '     |   ^^^ this',
      ),
    );
  });

  it('shows the other place of the same line below', () => {
    const text = 'f(1, a: 2, a: 3)';
    const problem = {
      ...problemAt(text, 'a: 3'),
      also: { place: { start: 5, end: 6 }, label: 'the first' },
      label: 'the second',
    };
    expect(formatProblem(problem, text)).toBe(
      lines(
        'error[some-code]: it is wrong',
        '  f(1, a: 2, a: 3)',
        '             ^^^^ the second',
        '       ^ the first',
      ),
    );
  });

  it('counts wide characters as two columns, joined ones as one, and shows tabs as two', () => {
    const text = '日本 |\tx("👩‍👩‍👧 é") | 数';
    expect(formatProblem(problemAt(text, '"👩‍👩‍👧 é"'), text)).toBe(
      lines('error[some-code]: it is wrong', '  日本 |  x("👩‍👩‍👧 é") | 数', `${' '.repeat(12)}${'^'.repeat(6)}`),
    );
    expect(formatProblem(problemAt(text, '数'), text)).toContain(`\n${' '.repeat(22)}^^`);
  });

  it('has one caret for a place without length, also behind the end', () => {
    for (const text of ['map(a', 'map(a\n']) {
      expect(formatProblem({ code: 'c', message: 'm', place: { start: 5, end: 5 } }, text)).toBe(
        lines('error[c]: m', '  map(a', '       ^'),
      );
    }
    expect(formatProblem({ code: 'c', message: 'm', place: { start: 0, end: 0 } }, '')).toBe(
      lines('error[c]: m', '', '  ^'),
    );
  });

  it('shows of a long line what is around the places', () => {
    const text = `${'a'.repeat(300)}(${'日'.repeat(300)})`;
    const problem = problemAt(text, ')', { also: { place: { start: 300, end: 301 }, label: 'opened' } });
    const shown = formatProblem(problem, text).split('\n');
    expect(shown).toEqual([
      'error[some-code]: it is wrong',
      `  …${'日'.repeat(159)})`,
      `  ${' '.repeat(1 + 159 * 2)}^`,
      `  …${'a'.repeat(60)}(${'日'.repeat(99)}…`,
      `  ${' '.repeat(61)}^ opened`,
    ]);
  });

  it('underlines the first line of a place of several lines', () => {
    const text = 'map(\n  a\n)';
    expect(formatProblem(problemAt(text, text), text)).toBe(
      lines('error[some-code]: it is wrong', '  1 | map(', '    | ^^^^'),
    );
  });

  it('never gives control characters, or those that turn the direction of writing, to the terminal', () => {
    const text = 'a\u001b[31m\u202eb\u0007';
    const problem = problemAt(text, 'b', { message: `found \u001b[2J`, label: '\u202e', help: '\u009b' });
    expect(formatProblem(problem, text)).toBe(
      lines('error[some-code]: found ␛[2J', '  a␛[31m�b␇', '         ^ �', '  help: �'),
    );
  });

  it('is painted part by part', () => {
    const wrap = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
    const paint: Paint = {
      error: wrap('e'),
      message: wrap('m'),
      place: wrap('p'),
      also: wrap('a'),
      help: wrap('h'),
      quiet: wrap('q'),
    };
    const text = 'a\nb c';
    const problem = problemAt(text, 'b', { label: 'l', help: 'do', also: { place: { start: 4, end: 5 }, label: 'k' } });
    expect(formatProblem(problem, text, 'f', paint)).toBe(
      lines(
        '<e>error[some-code]</e>: <m>it is wrong</m>',
        '<q>  f:2:1</q>',
        '  <q>2 |</q> b c',
        '  <q>  |</q> <p>^ l</p>',
        '  <q>  |</q>   <a>^ k</a>',
        '  <h>help:</h> do',
      ),
    );
  });
});
