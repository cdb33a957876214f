import type { SourceContext } from '../../../flow/define/context.ts';
import { orAbort } from '../../../flow/input/reading.ts';

/**
 * What of a source waits in the inbox is not in what is kept: a place that was told there is taken first.
 *
 * @param kept resolves when what was taken by the call is kept; undefined where nothing is.
 * @param signal aborted when the source is to end, and nothing is taken any more.
 * @returns what resolves when all is kept that the source has delivered by the call.
 */
export function keptBehind(
  kept: SourceContext['kept'],
  deliver: SourceContext['deliver'],
  signal: AbortSignal,
): SourceContext['kept'] {
  if (kept === undefined) return undefined;
  return async () => {
    await orAbort(new Promise<void>((taken) => void deliver({ kind: 'position', behind: [], taken })), signal);
    await kept();
  };
}
