import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equal } from '../../../src/base/compare.ts';
import type { BadRecord } from '../../../src/base/problem.ts';
import type { Value } from '../../../src/base/value.ts';
import type { Cursor, Origin } from '../../../src/flow/batch/chunk.ts';
import type { RunContext } from '../../../src/flow/batch/context.ts';
import type { OriginStep } from '../../../src/flow/batch/step.ts';
import { rowStep } from '../../../src/flow/stages/row-step.ts';

const layouts = fc.constantFrom(
  { header: undefined, columns: undefined },
  { header: true, columns: ['x', 'y'] },
  { header: undefined, columns: ['x', 'y'] },
  { header: false, columns: undefined },
);

/** One thread: a step, and what came of the lines that it was given. */
class Thread {
  readonly seen: unknown[] = [];
  readonly step: OriginStep;
  private readonly cursor: Cursor = { origin: null, line: 0, text: () => '' };

  constructor(layout: { header: boolean | undefined; columns: readonly string[] | undefined }, linesBefore = 0) {
    const place = () => ({ line: this.cursor.line + linesBefore, text: this.cursor.text() });
    const bad = ({ reason, detail }: BadRecord) => this.seen.push({ ...place(), reason, detail });
    const push = (record: Value) => this.seen.push({ ...place(), record });
    const down = { push, close() {}, advance() {}, finish() {} };
    const run = { cursor: this.cursor, bad } as unknown as RunContext;
    this.step = rowStep({ delimiter: ',', quotes: true, types: true, ...layout }, run, down);
  }

  read(origin: Origin, lines: readonly string[]): void {
    for (const line of lines) {
      Object.assign(this.cursor, { origin, line: ++origin.lines, text: () => line });
      this.step.push(line);
    }
  }

  finish(): void {
    Object.assign(this.cursor, { origin: null, text: () => '' });
    this.step.finish({ time: 0 });
  }
}

const newOrigin = (): Origin => ({ name: 'a.csv', source: 0, lines: 0 });

const line = fc.constantFrom(
  'x,y',
  '1,2',
  'b,c',
  '',
  '1',
  '1,2,3',
  '"a","b"',
  '"a',
  'b"',
  'c",d',
  '"a"b',
  'p,"q',
  '""',
);

test('what is remembered at a cut leads on to what comes of all lines, and a guess that is equal is as good', () => {
  let guessed = 0;
  fc.assert(
    fc.property(layouts, fc.array(line, { minLength: 1, maxLength: 12 }), fc.nat(), (layout, lines, cut) => {
      const at = 1 + (cut % lines.length);
      const whole = new Thread(layout);
      whole.read(newOrigin(), lines);
      whole.finish();

      const first = new Thread(layout);
      const origin = newOrigin();
      first.read(origin, lines.slice(0, at));
      const memory = structuredClone(first.step.recall(origin));
      const guess = first.step.guess(lines[0]!, [])?.memory;

      // The second thread counts lines from its own first one, as does what it remembers.
      const second = new Thread(layout, at);
      const part = newOrigin();
      const isGuessed = guess !== undefined && equal(guess, memory);
      if (isGuessed) guessed++;
      second.step.resume(part, isGuessed ? guess : memory, isGuessed ? 0 : -at);
      second.read(part, lines.slice(at));
      const behind = structuredClone(second.step.recall(part));

      // Whoever has the parts put together goes on where the second one ended.
      const last = new Thread(layout);
      last.step.resume(newOrigin(), behind, at);
      last.finish();
      expect([...first.seen, ...second.seen, ...last.seen]).toEqual(whole.seen);
    }),
    { numRuns: 1000 },
  );
  expect(guessed).toBeGreaterThan(100);
});
