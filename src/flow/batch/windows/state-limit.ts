import { RunFailure } from '../../../base/problem.ts';
import { formatSize } from '../../../base/size.ts';
import { isList, type Value } from '../../../base/value.ts';
import type { RunContext } from '../context.ts';

/** What a partial of a group costs with the places that it is kept in, bytes: a rough figure for small partials. */
export const PARTIAL_BYTES = 200;

/** Fails the run if a stage keeps more than `--state-max` between batches. `bytes` is the stage's own estimate. */
export function checkState(run: RunContext, stage: string, bytes: number): void {
  if (bytes <= run.stateMax) return;
  run.fail(
    new RunFailure(
      'state-max',
      1,
      `${stage} keeps about ${formatSize(bytes)}, more than the ${formatSize(run.stateMax)} it may`,
      'make the window shorter, aggregate before or directly behind it, use fewer keys, or raise --state-max',
    ),
  );
}

/** About how many bytes a value takes in memory; a rough figure, quickly found. */
export function roughBytes(value: Value): number {
  switch (typeof value) {
    case 'string':
      return 24 + value.length;
    case 'object': {
      if (value === null) return 8;
      let bytes = 32;
      if (isList(value)) for (const item of value) bytes += 8 + roughBytes(item);
      else for (const item of Object.values(value)) bytes += 16 + roughBytes(item);
      return bytes;
    }
    default:
      return 12;
  }
}
