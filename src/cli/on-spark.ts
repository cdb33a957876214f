import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BoundArguments } from '../flow/define/parameters.ts';
import type { SourceBehaviour, StdinManner } from '../flow/define/source.ts';
import type { Plan, SourceNode } from '../query/plan/plan.ts';
import { findSpark } from '../run/cluster/find-spark.ts';
import { refusalOf } from '../run/cluster/refusal.ts';
import { SparkCluster } from '../run/cluster/spark-cluster.ts';
import { jarFor } from '../run/cluster/spark-jar.ts';
import type { Loaded } from './load-program.ts';
import type { RunFlags } from './options.ts';
import { UsageError } from './usage-error.ts';
import { exactVersion } from './worker-command.ts';

/** Options that are of one process, by their flags. */
const ELSEWHERE = {
  record: '--record',
  replay: '--replay',
  bad: '--bad',
  badMax: '--bad-max',
  stats: '--stats',
  import: '--import',
  workers: '--workers',
} as const;

/** Spark's name for all cores of this machine. */
const HERE = 'local[*]';

/**
 * Starts Spark for a run, once it is certain that the program can run there.
 *
 * @param stdin how the run takes standard input.
 * @throws UsageError where it cannot; RunFailure where Spark is not as it has to be.
 */
export async function openSpark(
  { text, plan }: Loaded,
  flags: RunFlags,
  stdin: StdinManner,
  note: (line: string) => void,
): Promise<SparkCluster> {
  for (const [name, option] of Object.entries(ELSEWHERE)) {
    if (flags[name as keyof typeof ELSEWHERE] !== undefined)
      throw new UsageError(`${option} does not go with --engine spark yet`, { help: 'leave one of them out' });
  }
  const refusal = refusalOf(plan, { stdin });
  if (refusal !== undefined)
    throw new UsageError(`this program cannot run on a cluster: ${refusal.why}`, { help: refusal.help });
  refuseCheckpoint(plan, flags);
  const spark = findSpark(process.env);
  if (spark === undefined) {
    throw new UsageError('Spark was not found: neither by SPARK_HOME nor as spark-submit on the PATH', {
      help: 'pip install pyspark==4.0.1, or set SPARK_HOME to where it is',
    });
  }
  const { master = HERE, conf = [] } = flags;
  const wrong = conf.find((pair) => !/^[^=\s]+=/.test(pair));
  if (wrong !== undefined) throw new UsageError(`--conf ${wrong}: expected key=value, as spark.executor.memory=4g`);
  const command = fileURLToPath(new URL('../bin/leat.js', import.meta.url));
  return new SparkCluster({
    spark,
    jar: await jarFor(spark, fileURLToPath(new URL('../spark', import.meta.url)), process.env),
    master,
    conf,
    worker: [process.execPath, command, 'worker'],
    version: exactVersion(),
    program: text,
    tasks: tasksOf(master, conf),
    ...(flags.checkpoint === undefined ? {} : { kept: join(flags.checkpoint, 'spark') }),
    note,
  });
}

/** What Spark keeps is beside what leat keeps: a directory of this machine. */
function refuseCheckpoint({ sources }: Plan, { checkpoint, once }: RunFlags): void {
  if (checkpoint === undefined) return;
  if (once === true) {
    throw new UsageError('--once does not go with --checkpoint and --engine spark', { help: 'leave one of them out' });
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(checkpoint)) {
    throw new UsageError(
      '--checkpoint with --engine spark takes a directory of this machine, where windows and state are',
      {
        help: '--checkpoint kept',
      },
    );
  }
  const bounded = sources.find((source) => kindOf(source) === 'bounded');
  if (bounded === undefined || sources.some((source) => kindOf(source) === 'live')) return;
  throw new UsageError(
    `--checkpoint with --engine spark keeps streams, and ${bounded.definition.name}(…) is one batch`,
    {
      help: 'leave --checkpoint out; or watch("dir", existing: true) takes files as they come',
    },
  );
}

function kindOf({ definition, arguments: args }: SourceNode): SourceBehaviour<BoundArguments>['kind'] {
  return definition.behaviour(args, { stdin: 'file' }).kind;
}

/** In how many tasks a small input is cut, and keys are dealt out: as many as Spark is told to have at once, else one a core, as far as the name of the cluster tells. */
function tasksOf(master: string, conf: readonly string[]): number {
  const [said] = conf.flatMap((pair) => /^spark\.default\.parallelism=([1-9]\d{0,3})$/.exec(pair)?.[1] ?? []);
  const threads = said ?? /^local\[([1-9]\d{0,3})\D/.exec(master)?.[1];
  return threads === undefined ? availableParallelism() : Number(threads);
}
