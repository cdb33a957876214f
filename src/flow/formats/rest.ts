import type { SinkContext } from '../define/context.ts';
import type { Span } from '../define/span.ts';

/**
 * Whether an emission is what the end of the run left over of a batch or window behind the `last` one, and no later state of the same.
 * It says little beside the whole ones: most often it is a small part of an interval.
 */
export function isRest({ partial, start }: Span, last: Span | undefined): boolean {
  return partial && last !== undefined && start >= last.end;
}

/**
 * Whether people are not shown an emission: they ended the run within it, and have seen others. What is of the whole run so far is never
 * cut short.
 *
 * @param hasOthers whether the run has given out something before.
 */
export function isCutShort(
  { partial }: Pick<Span, 'partial'>,
  hasOthers: boolean,
  { isStopped, isRunning }: Pick<SinkContext, 'isStopped' | 'isRunning'>,
): boolean {
  return partial && hasOthers && isRunning !== true && isStopped?.() === true;
}
