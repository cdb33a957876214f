import { VirtualClock } from '../../src/base/clock.ts';
import { STRING } from '../../src/base/type.ts';
import { aggregates, functions, sinks, sources, stages } from '../../src/flow/catalog.ts';
import { defineSource } from '../../src/flow/define/source.ts';
import { WordList } from '../../src/flow/define/word-list.ts';
import { TextOutput } from '../../src/flow/output/stdout.ts';
import { decodeState } from '../../src/flow/state/encoding/decode.ts';
import { encodeState } from '../../src/flow/state/encoding/encode.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import { LocalRun } from '../../src/run/local/local-run.ts';
import { type PlanState, StepMemory } from '../../src/run/local/steps/step-memory.ts';

const KEYS = 1_000_000;
const LINES_PER_CHUNK = 5_000;

const PROGRAMS = [
  { program: 'words | countByValue | none', line: (key: number) => `user-${key}\n` },
  { program: 'json | countBy(.k) | none', line: (key: number) => `{"k":"user-${key}"}\n` },
  {
    program: 'json | groupBy(.k, {n: count(), mean: avg(.v), most: max(.v)}) | none',
    line: (key: number) => `{"k":"user-${key}","v":${(key % 10_007) / 8}}\n`,
  },
  {
    program: 'json | groupBy(.k, {mean: avg(.v), p99: p99(.v)}) | running | none',
    line: (key: number) => `{"k":"user-${key}","v":${(key % 10_007) / 3}}\n`,
  },
];

/** What work takes, processor seconds of this process. */
function seconds<T>(work: () => T): readonly [T, number] {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1e6];
}

/** Runs a program over chunks, and calls `atEnd` where the batch is still open. */
async function run(program: string, chunks: readonly Buffer[], atEnd: (memory: StepMemory) => void): Promise<void> {
  const { kind: _kind, behaviour: _behaviour, ...described } = sources.find(({ isDefault }) => isDefault)!;
  let memory: StepMemory | undefined;
  const scripted = defineSource({
    ...described,
    gives: () => STRING,
    behaviour: () => ({
      kind: 'bounded',
      open: (_args, context) => ({
        async run() {
          const origin = context.origin(described.name);
          for (const bytes of chunks) await context.deliver({ kind: 'text', origin, bytes });
          atEnd(memory!);
        },
      }),
    }),
  });
  const plan = compileProgram(program, {
    words: { sources: new WordList({ [scripted.name]: scripted }), stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => 0, note() {} }),
    interval: 1000,
  });
  memory = new StepMemory(plan);
  const quiet = () => {};
  const options = {
    interval: 1000,
    once: true,
    clock: new VirtualClock(),
    stdin: 'file',
    stdout: new TextOutput(),
    memory,
  } as const;
  const settings = {
    format: 'json',
    color: false,
    stateMax: 2 ** 40,
    kernels: true,
    tell: quiet,
    trace: quiet,
  } as const;
  await new LocalRun(plan, { ...options, ...settings }, { time: 0 }).run();
}

/** Processor seconds of making the groups, of writing them down, and of reading them back into steps made anew. */
async function measure({ program, line }: (typeof PROGRAMS)[number]): Promise<readonly number[]> {
  const chunks: Buffer[] = [];
  for (let from = 0; from < KEYS; from += LINES_PER_CHUNK) {
    // Keys in no order.
    const lines = Array.from({ length: LINES_PER_CHUNK }, (_, i) => line(((from + i) * 7919) % KEYS));
    chunks.push(Buffer.from(lines.join('')));
  }
  let bytes: Uint8Array = new Uint8Array();
  let making = 0;
  let writing = 0;
  let reading = 0;
  const before = process.cpuUsage();
  await run(program, chunks, (memory) => {
    const { user, system } = process.cpuUsage(before);
    making = (user + system) / 1e6;
    [bytes, writing] = seconds(() => encodeState(memory.snapshot()));
  });
  await run(program, [], (memory) => {
    const noOrigins = {
      of: () => {
        throw new Error('no origin was written');
      },
    };
    [, reading] = seconds(() => memory.restore(decodeState(bytes) as PlanState, noOrigins));
  });
  return [making, writing, reading, bytes.length / 1e6];
}

const rounds = Number(process.argv[2] ?? 3);
console.log('made     written  read     MB');
for (const program of PROGRAMS) {
  const all: (readonly number[])[] = [];
  for (let round = 0; round < rounds; round++) all.push(await measure(program));
  const least = [0, 1, 2, 3].map((i) => Math.min(...all.map((figures) => figures[i]!)));
  console.log(`${least.map((figure) => figure.toFixed(2).padEnd(8)).join(' ')} ${program.program}`);
}
