/** Runs one sink by hand: its context records what it reports. */
import { VirtualClock } from '../../src/base/clock.ts';
import type { BadRecord, RunFailure } from '../../src/base/problem.ts';
import type { Value } from '../../src/base/value.ts';
import type { SinkContext } from '../../src/flow/define/context.ts';
import type { PartWriter, Sink, SinkDefinition, SinkStart } from '../../src/flow/define/sink.ts';
import type { Span } from '../../src/flow/define/span.ts';
import { hostFileSystem } from '../../src/flow/output/host-file-system.ts';
import { hostNetwork } from '../../src/flow/output/host-network.ts';
import { TextOutput } from '../../src/flow/output/stdout.ts';

/** What a sink told the run. */
export interface Reports {
  readonly failures: RunFailure[];
  readonly bads: { readonly problem: BadRecord; readonly record: Value | undefined }[];
  readonly notes: string[];
  /** Resolves with the first failure. */
  readonly failed: Promise<RunFailure>;
}

/** A run with batches of 1 s that prints text, and what is reported to it. */
export function sinkContext(changes: Partial<SinkContext> = {}): { context: SinkContext; reports: Reports } {
  let tell: (failure: RunFailure) => void = () => {};
  const failed = new Promise<RunFailure>((resolve) => {
    tell = resolve;
  });
  const reports: Reports = { failures: [], bads: [], notes: [], failed };
  const context: SinkContext = {
    interval: 1000,
    cursor: { origin: null, line: 0, text: () => '' },
    files: hostFileSystem,
    network: hostNetwork,
    clock: new VirtualClock(),
    live: false,
    stateMax: 1024 ** 3,
    now: () => 0,
    bad: (problem, record) => void reports.bads.push({ problem, record }),
    late() {},
    note: (message) => void reports.notes.push(message),
    trace() {},
    fail(failure) {
      reports.failures.push(failure);
      tell(failure);
    },
    stdout: new TextOutput(),
    format: 'text',
    color: false,
    width: () => undefined,
    output: undefined,
    ...changes,
  };
  return { context, reports };
}

/** A sink with the arguments that are given, and the fallbacks of the others. */
export function openSink(
  definition: SinkDefinition,
  args: { readonly [name: string]: unknown },
  context: SinkContext,
  from?: SinkStart,
): Sink {
  const fallbacks = Object.entries(definition.parameters).map(([name, { fallback }]) => [name, fallback]);
  return definition.create({ ...Object.fromEntries(fallbacks), ...args } as never, context, from);
}

/** A part of a batch of such a sink, which somebody else writes. */
export function openPartOf(
  definition: SinkDefinition,
  args: { readonly [name: string]: unknown },
  number: number,
  context: SinkContext = sinkContext().context,
): PartWriter {
  const fallbacks = Object.entries(definition.parameters).map(([name, { fallback }]) => [name, fallback]);
  return definition.parts!.write({ ...Object.fromEntries(fallbacks), ...args } as never, context, number);
}

/** The batch of second `index`, from 1. */
export function batch(index: number, changes: Partial<Span> = {}): Span {
  return { time: index * 1000, start: (index - 1) * 1000, end: index * 1000, partial: false, ...changes };
}

/** Pushes the batches one after the other, as slowly as the sink asks for, and finishes. */
export async function runBatches(sink: Sink, batches: readonly (readonly Value[])[]): Promise<void> {
  for (const [i, records] of batches.entries()) {
    for (const record of records) {
      sink.push(record);
      await sink.blocked();
    }
    sink.close(batch(i + 1));
    await sink.blocked();
  }
  await sink.finish();
}
