import { formatDuration } from '../../../base/duration.ts';
import type { StageDefinition } from '../../../flow/define/stage.ts';
import type { Call } from '../../tree/tree.ts';
import type { Node, Rhythm } from '../plan.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** The problem of bringing two streams together that do not give out at the same times; undefined if they do. */
export function checkRhythm(
  call: Call,
  { isOverTime }: StageDefinition,
  left: Node,
  right: Node,
): PlanProblem | undefined {
  const windows = [left, right].find(({ rhythm }) => rhythm.kind === 'event');
  if (isOverTime === true && windows !== undefined) {
    return planProblem('windows-over-time', call.place, {
      message: `\`${call.name}\` with \`within:\` meets records as they come, found ${describe(windows.rhythm)}`,
      label: 'one time or the other',
      help: `leave \`within:\` out, and windows of equal start and end are joined; or put the window behind \`${call.name}\``,
    });
  }
  if (describe(left.rhythm) === describe(right.rhythm)) return undefined;
  return planProblem('different-slides', call.place, {
    message: `\`${call.name}\` needs two streams with the same slide, found ${describe(left.rhythm)} and ${describe(right.rhythm)}`,
    label: `${describe(left.rhythm)} on the left, ${describe(right.rhythm)} on the right`,
    help: 'put the same `window(length, slide)` before both',
  });
}

function describe(rhythm: Rhythm): string {
  switch (rhythm.kind) {
    case 'batches':
      return 'each batch';
    case 'slides':
      return `a slide of ${formatDuration(rhythm.slide)}`;
    case 'event':
      return `event-time windows of ${formatDuration(rhythm.length)} every ${formatDuration(rhythm.slide)}`;
  }
}
