import { expect } from 'vitest';
import { VirtualClock } from '../../../src/base/clock.ts';
import { STRING } from '../../../src/base/type.ts';
import { aggregates, functions, sinks, stages } from '../../../src/flow/catalog.ts';
import { defineSource } from '../../../src/flow/define/source.ts';
import { WordList } from '../../../src/flow/define/word-list.ts';
import { TextOutput } from '../../../src/flow/output/stdout.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import type { Plan } from '../../../src/query/plan/plan.ts';
import type { BatchTime } from '../../../src/run/local/batches/batch-time.ts';
import { LocalRun } from '../../../src/run/local/local-run.ts';
import { nodesOnBytes } from '../../../src/run/local/steps/byte-forms.ts';
import { FastLane } from '../../../src/run/local/steps/fast-lane.ts';
import { isAgain, isLong } from '../../support/effort.ts';

/** Everything that a user gets to see of a run. */
export interface Outcome {
  readonly out: string;
  readonly told: readonly string[];
  readonly traced: readonly string[];
  readonly keptBad: readonly string[];
  readonly records: number;
  readonly bad: number;
  /** What its comparisons have met, of which only some is told. */
  readonly compared: readonly unknown[];
}

/** How often a word that can take bytes took records in the fast lane. */
interface Use {
  /** In so many runs with input the plan had it take bytes or rows. */
  asked: number;
  /** And in so many of these it took any. */
  used: number;
}

/** What the fast lane took over many runs, by word: that both ways give the same says nothing where there is only one. */
export class FastLaneUse {
  private readonly uses = new Map<string, Use>();

  /** Runs a program both ways, which have to give the same. @returns what they gave. @param byRows the same lines, where the row form is given them in other chunks. */
  async bothWays(program: string, chunks: readonly Buffer[], byRows = chunks): Promise<Outcome> {
    const fastLane = new FastLane();
    const slow = await run(program, byRows, false);
    const { plan, ...fast } = await running(program, chunks, true, fastLane);
    expect(fast).toEqual(slow);
    const onBytes = nodesOnBytes(plan, 'text');
    for (const node of plan.nodes) {
      const taken = fastLane.of(node);
      if (onBytes.has(node)) this.add(node.call.name, fast.records > 0, taken > 0);
      // A count is told by a step that has records, and needs no bytes.
      else if (node.call.name !== 'count') expect([node.call.name, taken]).toEqual([node.call.name, 0]);
    }
    return slow;
  }

  /** Each of these words took records in at least a tenth of the runs in which it could, and it could in some. */
  expectTaken(...words: readonly string[]): void {
    for (const word of words) {
      const { asked, used } = this.uses.get(word) ?? { asked: 0, used: 0 };
      // Of a few runs, on a busy machine or of one counterexample, nothing can be told.
      if ((!isLong || isAgain) && asked < 20) continue;
      expect(asked, `${word} could take bytes or rows`).toBeGreaterThan(0);
      expect(used, `${word} took any, of ${asked} runs`).toBeGreaterThan(asked / 10);
    }
  }

  private add(word: string, asked: boolean, used: boolean): void {
    const use = this.uses.get(word) ?? { asked: 0, used: 0 };
    this.uses.set(word, { asked: use.asked + Number(asked), used: use.used + Number(used) });
  }
}

/** Runs a program that starts with `given`, a bounded source of these chunks of whole lines. */
export async function run(program: string, chunks: readonly Buffer[], kernels: boolean): Promise<Outcome> {
  const { plan: _, ...outcome } = await running(program, chunks, kernels);
  return outcome;
}

/** What each stage and sink took of these chunks in the fast lane, as spec files have it. */
export async function takenOf(program: string, chunks: readonly Buffer[]): Promise<string> {
  const fastLane = new FastLane();
  const { plan } = await running(program, chunks, true, fastLane);
  return fastLane.describe(plan);
}

async function running(
  program: string,
  chunks: readonly Buffer[],
  kernels: boolean,
  fastLane?: FastLane,
): Promise<Outcome & { readonly plan: Plan }> {
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
    words: { sources: new WordList({ [given.name]: given }), stages, aggregates, sinks },
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
      ...(fastLane === undefined ? {} : { fastLane }),
      keepBad: keptBad,
      tell: (line) => told.push(line),
      trace: (line) => traced.push(line),
    },
    batchTime,
  );
  const { records, bad } = await local.run();
  const seen = { out: stdout.text, told, traced, keptBad: keptBad.text.split('\n').slice(0, -1) };
  return { plan, ...seen, records, bad, compared: plan.comparisons.snapshot() };
}
