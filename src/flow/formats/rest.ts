import type { Span } from '../define/span.ts';

/**
 * Whether an emission is what the end of the run left over of a batch or window behind the `last` one, and no later state of the same.
 * It says little beside the whole ones: most often it is a small part of an interval.
 */
export function isRest({ partial, start }: Span, last: Span | undefined): boolean {
  return partial && last !== undefined && start >= last.end;
}
