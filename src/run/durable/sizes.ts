import { decodeState } from '../../flow/state/encoding/decode.ts';
import { encodeState } from '../../flow/state/encoding/encode.ts';
import type { StepStates } from './records.ts';

/** How much was kept of each node at last, bytes; what has changed counts with what it is read behind. */
export function sizesOf(steps: readonly Uint8Array[]): readonly number[] {
  const sizes: number[] = [];
  for (const bytes of steps) {
    for (const [node, states] of decodeState(bytes) as StepStates) {
      sizes[node] = (sizes[node] ?? 0) + encodeState(states).length;
    }
  }
  return sizes;
}
