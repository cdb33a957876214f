/** Writes batches in a look, and gives the text. */
import type { Value } from '../../src/base/value.ts';
import type { PrintFormat, SinkContext } from '../../src/flow/define/context.ts';
import type { Span } from '../../src/flow/define/span.ts';
import { TextOutput } from '../../src/flow/output/stdout.ts';
import { print } from '../../src/flow/sinks/print.ts';
import { batch, openSink, type Reports, sinkContext } from './sink.ts';

export interface Looked extends Reports {
  readonly text: string;
}

/** What `print` writes of the batches, with what it reported. A batch is its records, or its span and its records. */
export function look(
  format: PrintFormat,
  batches: readonly (readonly Value[] | { readonly span: Partial<Span>; readonly records: readonly Value[] })[],
  settings: Partial<SinkContext> & { readonly n?: number } = {},
): Looked {
  const { n, ...changes } = settings;
  const stdout = new TextOutput();
  let read = 0;
  const { context, reports } = sinkContext({ format, stdout, recordsIn: () => read, ...changes });
  const sink = openSink(print, { n }, context);
  for (const [i, given] of batches.entries()) {
    const { span, records } = 'span' in given ? given : { span: {}, records: given };
    for (const record of records) sink.push(record);
    // As if all that was read came out.
    read = records.length;
    sink.close(batch(i + 1, span));
  }
  return { ...reports, text: stdout.text };
}

/** Lines as text. */
export function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
