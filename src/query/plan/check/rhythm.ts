import { formatDuration } from '../../../base/duration.ts';
import type { Call } from '../../tree/tree.ts';
import type { Node, Rhythm } from '../plan.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** The problem of bringing two streams together that do not give out at the same times; undefined if they do. */
export function checkRhythm(call: Call, left: Node, right: Node): PlanProblem | undefined {
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
