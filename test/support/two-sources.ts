/** A program over two sources that do what a test tells them. */
import { STRING } from '../../src/base/type.ts';
import { aggregates, functions, sinks, stages } from '../../src/flow/catalog.ts';
import { defineSource, type SourceBehaviour, type SourceDefinition } from '../../src/flow/define/source.ts';
import { WordList } from '../../src/flow/define/word-list.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import type { Plan } from '../../src/query/plan/plan.ts';
import type { LocalOptions } from '../../src/run/local/options/local-options.ts';

export type SourceName = 'left' | 'right';

/** What is run. */
export interface TwoSourceProgram {
  readonly program: string;
  /** The batch interval, ms. */
  readonly interval: number;
  /** `--batches`. */
  readonly batches?: number | undefined;
}

/** The program over sources that behave as they are told to. */
export function planOf(
  { program, interval }: TwoSourceProgram,
  behaviour: (name: SourceName) => SourceBehaviour<object>,
  batchTime: { time: number },
): Plan {
  const source = (name: SourceName): SourceDefinition =>
    defineSource({
      name,
      summary: 'Lines of a simulation',
      docs: '',
      examples: [],
      parameters: {},
      gives: () => STRING,
      behaviour: () => behaviour(name),
    });
  return compileProgram(program, {
    words: { sources: new WordList({ left: source('left'), right: source('right') }), stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => batchTime.time }),
    interval,
  });
}

export function optionsOf(
  { interval, batches }: TwoSourceProgram,
  changes: Pick<LocalOptions, 'clock' | 'stdout'>,
): LocalOptions {
  return {
    interval,
    once: false,
    ...(batches === undefined ? {} : { batches }),
    stdin: 'stream',
    format: 'batches',
    color: false,
    stateMax: 2 ** 31,
    kernels: true,
    tell: () => {},
    trace: () => {},
    ...changes,
  };
}
