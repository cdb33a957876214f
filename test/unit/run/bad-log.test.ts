import { expect, test } from 'vitest';
import { BadRecord } from '../../../src/base/problem.ts';
import { BadLog } from '../../../src/run/local/reports/bad-log.ts';

/** How a record with this text is told of. */
function toldOf(text: string): string {
  const told: string[] = [];
  const log = new BadLog(undefined, (line) => told.push(line), undefined);
  log.add(new BadRecord('not JSON'), { source: 'a.log', line: 1, text });
  return told.join('\n').replace(/^.*?a\.log:1: /, '');
}

test('of the text of a bad record its beginning is told, on one line', () => {
  const shown = 200;
  expect(toldOf('a "b"\n\tc\\')).toBe('a "b"\\n\\tc\\\\');
  for (const part of ['x', '"', '\n', '\u0001', 'é', '😀']) {
    const whole = part.repeat(shown / part.length);
    const escaped = JSON.stringify(whole).slice(1, -1).replaceAll('\\"', '"');
    // What is left out is said, and nothing of it is looked at.
    expect(toldOf(whole)).toBe(escaped.length > shown ? `${escaped.slice(0, shown)}…` : escaped);
    for (const more of ['x', '\ud83d', part.repeat(1_000_000)])
      expect(toldOf(whole + more)).toBe(`${escaped.slice(0, shown)}…`);
  }
});
