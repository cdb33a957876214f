/**
 * leat inside one Spark that goes on, for run.mjs: each line of standard input is a program and where its answer goes, as a list of JSON, and is answered when it is done. A
 * stream is the last run of a Spark.
 *
 * usage: inside MASTER TASKS
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { wallClock } from '../../../src/base/clock.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { findSpark } from '../../../src/run/cluster/find-spark.ts';
import { SparkCluster } from '../../../src/run/cluster/spark-cluster.ts';
import { jarFor } from '../../../src/run/cluster/spark-jar.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import { Worker } from '../../support/cluster.ts';

const [master = '', tasks = ''] = process.argv.slice(2);
const INTERVAL = 1000;

const first = Worker.process();
const version = (await first.hello).toString();
await first.close();
const spark = findSpark(process.env)!;
const cluster = new SparkCluster({
  spark,
  jar: await jarFor(spark, resolve('spark'), process.env),
  master,
  conf: ['spark.ui.enabled=false'],
  worker: [process.execPath, resolve('bin/leat.js'), 'worker'],
  version,
  program: '',
  tasks: Number(tasks),
  note: (line) => process.stderr.write(`${line}\n`),
});

/** Runs a program, as the command does. */
async function run(program: string, out: string): Promise<void> {
  const plan = compileProgram(program, {
    words: { sources, stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
    interval: INTERVAL,
  });
  const stdout = new TextOutput();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const { failure } = await new LocalRun(
    plan,
    {
      interval: INTERVAL,
      once: true,
      clock: wallClock,
      stdin: 'file',
      stdout,
      format: 'text',
      color: false,
      stateMax: 1e9,
      kernels: true,
      tell: say,
      trace: say,
      cluster: {
        program,
        tasks: cluster.tasks,
        largestPiece: cluster.largestPiece,
        work: cluster.work.bind(cluster),
        records: cluster.records.bind(cluster),
        stream: cluster.stream.bind(cluster),
      },
    },
    { time: 0 },
  ).run();
  if (failure !== undefined) throw failure;
  writeFileSync(out, stdout.text);
}

process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [program, out] = JSON.parse(line) as [string, string];
  await run(program, out);
  process.stdout.write('done\n');
}
await cluster.close(false);
