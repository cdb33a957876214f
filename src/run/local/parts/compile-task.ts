import { aggregates, functions, sinks, sources, stages } from '../../../flow/catalog.ts';
import { compileProgram } from '../../../query/compile.ts';
import { createScope } from '../../../query/plan/expression/scope.ts';
import type { Plan } from '../../../query/plan/plan.ts';
import type { BatchTime } from '../batches/batch-time.ts';

/** What is needed to have the plan of a run once more, elsewhere. Plain data. */
export interface Compiling {
  readonly program: string;
  readonly interval: number;
  /** The tick of the batch, ms. */
  readonly batchEnd: number;
}

/** The program of the run, once more: functions cannot be sent. @param note told what functions of the language have to say. */
export function compileTask({ program, interval, batchEnd }: Compiling, note: BatchTime['note'] = () => {}): Plan {
  return compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => batchEnd, note }),
    interval,
  });
}
