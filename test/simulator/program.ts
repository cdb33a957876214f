/** A program over sources that do what a simulation tells them. */
import { STRING } from '../../src/base/type.ts';
import { aggregates, functions, sinks, stages } from '../../src/flow/catalog.ts';
import type { Origin } from '../../src/flow/define/chunk.ts';
import type { SourceContext } from '../../src/flow/define/context.ts';
import { defineSource, type SourceBehaviour, type SourceDefinition } from '../../src/flow/define/source.ts';
import { compileProgram } from '../../src/query/compile.ts';
import { createScope } from '../../src/query/plan/expression/scope.ts';
import type { Plan } from '../../src/query/plan/plan.ts';
import type { LocalOptions } from '../../src/run/local/options/local-options.ts';

export type SourceName = 'left' | 'right';

/** What is simulated. */
export interface Simulated {
  readonly program: string;
  /** The batch interval, ms. */
  readonly interval: number;
  /** `--batches`. */
  readonly batches?: number | undefined;
}

/** The program over sources that behave as they are told to. */
export function planOf(
  { program, interval }: Simulated,
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
    words: { sources: [source('left'), source('right')], stages, aggregates, sinks },
    expressions: createScope({ functions, imports: new Map(), now: () => batchTime.time }),
    interval,
  });
}

export function optionsOf(
  { interval, batches }: Simulated,
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

/** A source that gives what it is told to, until it is told to end or the run does. */
export class Tap {
  private readonly context: SourceContext;
  private readonly clients = new Map<number, Origin>();
  readonly over: Promise<void>;
  isOver = false;
  end = () => {};

  constructor(context: SourceContext) {
    this.context = context;
    this.over = new Promise((resolve) => {
      this.end = () => {
        this.isOver = true;
        resolve();
      };
    });
    context.signal.addEventListener('abort', () => this.end());
  }

  /** Bytes are lent, so they are spoilt behind the call. */
  give(client: number, lines: readonly string[]): void {
    const origin = this.clients.get(client) ?? this.context.origin(`client ${client}`);
    this.clients.set(client, origin);
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    void this.context.deliver({ kind: 'text', origin, bytes });
    bytes.fill('#');
  }

  /** A client has nothing more; one of the same number that comes later is another. */
  leave(client: number): void {
    const origin = this.clients.get(client);
    this.clients.delete(client);
    origin?.over?.();
  }
}

/** Lets everything happen that waits for its turn and not for time. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}
