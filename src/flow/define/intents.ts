import type { Value } from '../../base/value.ts';

/** Where a run that can be taken up again writes down what its sinks are about to do. */
export interface Intents {
  /** Keeps plain data behind what was kept before; resolves when it is safe from a power cut. */
  write(intent: Value): Promise<void>;
}
