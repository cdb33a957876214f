import type { RunContext } from '../define/context.ts';
import { answer, LINES, type Offer, type TakeTexts } from '../define/faster.ts';
import { keepingOrigin, passingOn, type Step } from '../define/step.ts';
import { lineEnd } from '../framing/lines.ts';

/** Gives on the first records that come, `n` of them in all, and says that no more are wanted. */
export function firstOf(n: number, run: RunContext, down: Step): Step {
  let given = 0;
  const give = (count: number) => {
    given += count;
    if (given === n) run.full?.();
  };
  if (run.full !== undefined) run.cursor.mayEnd = true;
  if (n === 0) run.full?.();
  return passingOn(down, {
    ...keepingOrigin(down),
    push(record) {
      if (given === n) return;
      // Said behind it, so that what happens to the last record is still told.
      down.push(record);
      give(1);
    },
    faster: (offer) => answer({ texts: ({ cut }) => firstLines(cut) }, offer, undefined),
    snapshot: () => given,
    restore(state) {
      given = state as number;
      if (given === n) run.full?.();
    },
  });

  function firstLines(cut: Offer<'texts'>['cut']): TakeTexts | undefined {
    const take = cut.kind === 'lines' ? down.faster?.(LINES) : undefined;
    if (take === undefined) return undefined;
    return (lines) => {
      const { cursor } = run;
      const first = cursor.line;
      const { count, end } = linesUpTo(lines, n - given);
      if (count > 0) take(end === lines.length ? lines : lines.subarray(0, end));
      cursor.line = first + Math.max(0, count - 1);
      give(count);
      return undefined;
    };
  }
}

/** At most so many lines from the start on: how many there are, and where they end. */
function linesUpTo(lines: Buffer, most: number): { readonly count: number; readonly end: number } {
  let count = 0;
  let end = 0;
  for (; count < most && end < lines.length; count++) end = lineEnd(lines, end);
  return { count, end };
}
