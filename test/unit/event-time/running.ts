import { VirtualClock, wallClock } from '../../../src/base/clock.ts';
import { UNKNOWN } from '../../../src/base/type.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import type { Origin } from '../../../src/flow/define/chunk.ts';
import type { BoundArguments } from '../../../src/flow/define/parameters.ts';
import { whole } from '../../../src/flow/define/parameters.ts';
import type { SessionEvent } from '../../../src/flow/define/session-event.ts';
import {
  defineSource,
  type PlayedEvent,
  type SourceBehaviour,
  type SourceDefinition,
} from '../../../src/flow/define/source.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import type { Plan } from '../../../src/query/plan/plan.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import type { LocalOptions } from '../../../src/run/local/options/local-options.ts';
import type { Watcher } from '../../../src/run/local/steps/watcher.ts';
import type { Row } from './model.ts';

/** How the records come. Origins of even numbers are the program's `input(0)`, the others its `input(1)`. */
export interface Coming {
  /** In order of arrival. */
  readonly rows: readonly Row[];
  readonly origins: number;
  readonly way: 'files' | 'replay' | 'live';
  /** Live: how many ticks pass behind each record; else whether a chunk ends there. */
  readonly cuts: readonly number[];
  readonly kernels: boolean;
}

/** What came out, as plain JSON. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface Emission {
  readonly start: number;
  readonly end: number;
  readonly partial: boolean;
  readonly records: readonly Json[];
}

const INTERVAL = 1000;
/** When the records of a live run begin to come. */
export const BEGIN = 1_700_000_000_000;

/** Runs a program whose sources are called `input(0)` and `input(1)`. */
export async function run(
  program: string,
  coming: Coming,
  memory?: (plan: Plan) => Watcher,
): Promise<{ readonly emissions: readonly Emission[]; readonly late: number; readonly notes: readonly string[] }> {
  const { done, stdout, notes } = start(program, coming, {}, memory);
  const { late, failure } = await done;
  if (failure !== undefined) throw failure;
  const lines = stdout.text.split('\n').filter((line) => line !== '');
  return { emissions: lines.map(readEmission), late, notes };
}

/** Starts one, which may be ended before. */
export function start(
  program: string,
  coming: Coming,
  options: Partial<LocalOptions> = {},
  memory?: (plan: Plan) => Watcher,
) {
  const stdout = new TextOutput();
  const notes: string[] = [];
  const batchTime = { time: BEGIN };
  const plan = compileProgram(program, {
    words: { sources: sources.with(input(coming)), stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => batchTime.time }),
    interval: INTERVAL,
  });
  const local = new LocalRun(
    plan,
    {
      interval: INTERVAL,
      once: false,
      ...(coming.way === 'replay' ? { replay: Number.POSITIVE_INFINITY } : {}),
      clock: coming.way === 'replay' ? wallClock : new VirtualClock(),
      stdin: 'file',
      stdout,
      format: 'batches',
      color: false,
      stateMax: 2 ** 31,
      kernels: coming.kernels,
      tell: (line) => notes.push(line),
      trace: () => {},
      ...(memory === undefined ? {} : { memory: memory(plan) }),
      ...options,
    },
    batchTime,
  );
  return { local, done: local.run(), stdout, notes };
}

function readEmission(line: string): Emission {
  const { start, end, partial, records } = JSON.parse(line) as Emission;
  return { start, end, partial: partial === true, records };
}

function input(coming: Coming): SourceDefinition {
  return defineSource({
    name: 'input',
    summary: 'what the test says',
    docs: '',
    examples: [],
    parameters: { number: whole('which of the two') },
    gives: () => UNKNOWN,
    behaviour: ({ number }) =>
      (coming.way === 'live' ? live(coming, number) : files(coming, number)) as SourceBehaviour<unknown>,
  });
}

const textOf = (row: Row) => `${JSON.stringify(row)}\n`;
const originsOf = ({ origins }: Coming, source: number) =>
  Array.from({ length: origins }, (_, o) => o).filter((o) => o % 2 === source);

/** Files, one after the other or all at the same time, in chunks. */
function files(coming: Coming, source: number): SourceBehaviour<BoundArguments> {
  return {
    kind: 'bounded',
    open: (_args, context) => {
      const read = async (o: number, origin: Origin) => {
        let lines = '';
        for (const [i, row] of coming.rows.entries()) {
          if (row.o === o) lines += textOf(row);
          if (lines === '' || coming.cuts[i] === 0) continue;
          await context.deliver({ kind: 'text', origin, bytes: Buffer.from(lines) });
          lines = '';
        }
        if (lines !== '') await context.deliver({ kind: 'text', origin, bytes: Buffer.from(lines) });
        origin.over?.();
      };
      const wholes = async () =>
        originsOf(coming, source).map((o) => {
          const origin = context.origin(`file ${o}`);
          return { origin, read: () => read(o, origin) };
        });
      return {
        wholes,
        async run() {
          for (const whole of await wholes()) await whole.read();
        },
      };
    },
  };
}

/** Clients that all are there from the start, send as it comes, and leave behind their last record. */
function live(coming: Coming, source: number): SourceBehaviour<BoundArguments> {
  const { rows, cuts } = coming;
  return {
    kind: 'recorded',
    live: true,
    whole: false,
    start: BEGIN,
    async *open(): AsyncGenerator<PlayedEvent> {
      let time = BEGIN + 1;
      const event = (o: number, content: Extract<SessionEvent, { kind: 'record' }>['content']): PlayedEvent => ({
        event: { kind: 'record', time, source: source + 1, origin: o, name: `client ${o}`, content },
      });
      for (const o of originsOf(coming, source)) {
        yield event(o, { opened: true });
        if (!rows.some((row) => row.o === o)) yield event(o, { ended: true });
      }
      time++;
      for (const [i, row] of rows.entries()) {
        if (row.o % 2 === source) yield event(row.o, { text: textOf(row).trim() });
        if (row.o % 2 === source && !rows.slice(i + 1).some(({ o }) => o === row.o))
          yield event(row.o, { ended: true });
        // Both sources come to the same times.
        time += (cuts[i] ?? 0) * INTERVAL + 1;
      }
      yield { event: { kind: 'tick', time: Math.ceil(time / INTERVAL) * INTERVAL, partial: false } };
    },
  };
}
