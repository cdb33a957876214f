import { availableParallelism } from 'node:os';
import type { StdinManner } from '../flow/define/source.ts';
import type { SparkCluster } from '../run/cluster/spark-cluster.ts';
import type { LocalOptions } from '../run/local/options/local-options.ts';
import type { Workers } from '../run/local/options/workers.ts';
import type { Loaded } from './load-program.ts';
import type { RunFlags } from './options.ts';
import { UsageError } from './usage-error.ts';

/** Who else works on the input, where that is wanted. @throws UsageError or RunFailure where it cannot be. */
export async function openCluster(
  program: Loaded,
  flags: RunFlags,
  stdin: StdinManner,
  note: (line: string) => void,
): Promise<SparkCluster | undefined> {
  if (flags.engine === 'spark') {
    const { openSpark: open } = await import('./on-spark.ts');
    return open(program, flags, stdin, note);
  }
  const option = flags.master !== undefined ? '--master' : flags.conf !== undefined ? '--conf' : undefined;
  if (option !== undefined) throw new UsageError(`${option} goes with --engine spark`);
  return undefined;
}

/** Who works on the input beside the main thread. @param isAlone whether no thread may. */
export function othersOf(
  program: string,
  flags: RunFlags,
  cluster: SparkCluster | undefined,
  isAlone: boolean,
): Pick<LocalOptions, 'workers' | 'cluster'> {
  if (cluster !== undefined) return { cluster };
  return isAlone ? {} : workersOf(program, flags);
}

/** Threads may share the input where nothing depends on all records coming by one way. */
function workersOf(program: string, flags: RunFlags): { workers?: Workers } {
  const { workers = availableParallelism(), bad, badMax, stats, serve, record, import: imports } = flags;
  const isOneWay = [bad, badMax, stats, serve, record, imports].some((flag) => flag !== undefined);
  if (workers < 2 || isOneWay) return {};
  const isAsked = flags.workers !== undefined;
  return { workers: { count: workers, isAsked, program, script: new URL('../bin/part-worker.js', import.meta.url) } };
}
