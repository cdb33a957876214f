import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINES } from '../../../src/flow/define/faster.ts';
import type { Grouping } from '../../../src/flow/define/grouping.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { runningGroups } from '../../../src/flow/windows/running.ts';
import { windowedGroups } from '../../../src/flow/windows/windowed-groups.ts';
import { countingValues, joining, Recorder, TestRun } from './harness.ts';

const created: [string, (grouping: Grouping, run: TestRun, down: Step) => Step][] = [
  ['a window', (grouping, run, down) => windowedGroups({ kind: 'batches', length: 6, slide: 2 }, grouping, run, down)],
  ['running', runningGroups],
];

describe.each(created)('texts that are still bytes, in %s', (_name, create) => {
  it('are counted as texts are', () => {
    const words = fc.array(fc.array(fc.constantFrom('a', 'b', 'ü', '', '\u0000x'), { maxLength: 6 }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(words, (batches) => {
        const [asTexts, asBytes] = [false, true].map((isBytes) => {
          const run = new TestRun();
          const down = new Recorder();
          const step = create(countingValues as Grouping, run, down);
          const take = step.faster!(LINES);
          batches.forEach((texts, i) => {
            if (isBytes) take!(Buffer.from(texts.map((text) => `${text}\n`).join('')));
            run.batch(step, i + 1, isBytes ? [] : texts);
          });
          step.finish({ time: batches.length });
          return down.emissions;
        });
        expect(asBytes).toEqual(asTexts);
      }),
    );
  });

  it('are not taken by an aggregation that does more than count', () => {
    const step = create(joining as Grouping, new TestRun(), new Recorder());
    expect(step.faster?.(LINES)).toBeUndefined();
  });
});
