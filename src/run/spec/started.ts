import { aggregates, functions, sinks, stages } from '../../flow/catalog.ts';
import type { SourceBehaviour } from '../../flow/define/source.ts';
import { compileProgram } from '../../query/compile.ts';
import { createScope } from '../../query/plan/expression/scope.ts';
import type { Plan } from '../../query/plan/plan.ts';
import type { BatchTime } from '../local/batches/batch-time.ts';
import type { Cluster } from '../local/options/cluster.ts';
import type { Workers } from '../local/options/workers.ts';
import type { Watcher } from '../local/steps/watcher.ts';
import type { StartOptions } from '../trials/started.ts';
import { withDealtQueues, withInput } from './scripted-input.ts';
import type { Spec } from './spec-file.ts';

/** In what way a spec is run, which is to make no difference. */
export interface SpecManner {
  /** Whether stages may work on bytes; they do unless said. */
  readonly kernels?: boolean;
  /** Takes the steps as they are made. */
  readonly memory?: (plan: Plan) => Watcher;
  /** Cuts the lines of bounded input into those that come together; all do unless said. */
  readonly cut?: (lines: readonly string[]) => readonly (readonly string[])[];
  /** Has bounded input read from a file by several threads: who they are, and what the file with these lines is open as. */
  readonly threads?: (lines: readonly string[], program: string) => { readonly fd: number; readonly workers: Workers };
  /** Has the input worked on by other processes: who they are, and where it is bounded what the file with these lines is open as, and where they open it. */
  readonly cluster?: (
    lines: readonly string[] | undefined,
    program: string,
  ) => {
    readonly fd: number;
    readonly path: string;
    readonly cluster: Cluster;
    /** Set where the cluster says when each batch has begun. */
    readonly isStream?: boolean;
  };
}

/** The plan of a spec's program. @param behaviour of standard input, by its name. @param isStream whether somebody else says when the batches of queues begin. */
export function planOf(
  { program, interval }: Pick<Spec, 'program' | 'interval'>,
  behaviour: (name: string) => SourceBehaviour<object>,
  batchTime: BatchTime,
  isStream = false,
): Plan {
  const sources = withInput(behaviour);
  return compileProgram(program, {
    words: { sources: isStream ? withDealtQueues(sources) : sources, stages, aggregates, sinks },
    expressions: createScope({
      functions,
      imports: new Map(),
      now: () => batchTime.time,
      note: (about, message) => batchTime.note?.(about, message),
    }),
    interval,
  });
}

/** How it is started. */
export function optionsOf({ interval, settings }: Spec, manner: SpecManner, plan: Plan): StartOptions {
  const { format = 'batches', batches, once } = settings;
  return {
    interval,
    once,
    ...(batches === undefined ? {} : { batches }),
    stdin: 'file',
    format,
    color: false,
    stateMax: 2 ** 31,
    kernels: manner.kernels ?? true,
    ...(manner.memory === undefined ? {} : { memory: manner.memory(plan) }),
  };
}
