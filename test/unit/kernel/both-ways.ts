import { VirtualClock } from '../../../src/base/clock.ts';
import { STRING } from '../../../src/base/type.ts';
import { aggregates, functions, sinks, stages } from '../../../src/flow/catalog.ts';
import { defineSource } from '../../../src/flow/define/source.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import type { BatchTime } from '../../../src/run/local/batches/batch-time.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';

/** Everything that a user gets to see of a run. */
export interface Outcome {
  readonly out: string;
  readonly told: readonly string[];
  readonly traced: readonly string[];
  readonly keptBad: readonly string[];
  readonly records: number;
  readonly bad: number;
}

/** Runs a program that starts with `given`, a bounded source of these chunks of whole lines. */
export async function run(program: string, chunks: readonly Buffer[], kernels: boolean): Promise<Outcome> {
  const given = defineSource({
    name: 'given',
    summary: 'Lines of a test',
    docs: '',
    examples: [],
    parameters: {},
    gives: () => STRING,
    behaviour: () => ({
      kind: 'bounded',
      open: (_args, context) => ({
        async run() {
          const origin = context.origin('given');
          for (const chunk of chunks) {
            if (chunk.length > 0) await context.deliver({ kind: 'text', origin, bytes: Buffer.from(chunk) });
          }
        },
      }),
    }),
  });
  const batchTime: BatchTime = { time: 0 };
  const plan = compileProgram(program, {
    words: { sources: [given], stages, aggregates, sinks },
    expressions: createScope({
      functions,
      imports: new Map(),
      now: () => batchTime.time,
      note: (about, message) => batchTime.note?.(about, message),
    }),
    interval: 1000,
  });
  const stdout = new TextOutput();
  const told: string[] = [];
  const traced: string[] = [];
  const keptBad = new TextOutput();
  const local = new LocalRun(
    plan,
    {
      interval: 1000,
      once: true,
      clock: new VirtualClock(),
      stdin: 'file',
      stdout,
      format: 'text',
      color: false,
      stateMax: 2 ** 31,
      kernels,
      keepBad: keptBad,
      tell: (line) => told.push(line),
      trace: (line) => traced.push(line),
    },
    batchTime,
  );
  const { records, bad } = await local.run();
  return { out: stdout.text, told, traced, keptBad: keptBad.text.split('\n').slice(0, -1), records, bad };
}
