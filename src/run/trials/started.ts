import type { Plan } from '../../query/plan/plan.ts';
import type { Found } from '../durable/found.ts';
import type { BatchTime } from '../local/batches/batch-time.ts';
import type { LocalOptions } from '../local/options/local-options.ts';

/** How a process ends before its program does, or stands still, and when (ms). */
export interface Interruption {
  readonly time: number;
  /** It is killed, or stopped as by Ctrl-C, and started again so many ms later; or it gets no processor for so long. */
  readonly kind: 'crash' | 'stop' | 'pause';
  readonly lasting: number;
  /** What is started then is another program, with `--changed new` or without. */
  readonly to?: Pick<Started, 'text' | 'mayChange'>;
}

/** How a run is started, but for what the machine gives it. */
export type StartOptions = Omit<LocalOptions, 'clock' | 'stdout' | 'files' | 'tell' | 'trace' | 'checkpoint'>;

/** What is started, and started again. */
export interface Started {
  readonly text: string;
  /** `--changed new`. */
  readonly mayChange: boolean;
  /** False where nothing is kept of it. */
  readonly isKept?: false;
  /** Called once a start. */
  plan(batchTime: BatchTime, text: string): Plan;
  /** Told what a process goes on from, before its options are asked for. */
  readonly opened?: (found: Found | undefined, plan: Plan) => void;
  options(plan: Plan): StartOptions;
}
