import type { Value } from '../../base/value.ts';
import type { PrintFormat, SinkContext } from '../define/context.ts';
import { batchesFormat } from './batches.ts';
import { flowingTable } from './flowing-table.ts';
import type { Format, Write } from './format.ts';
import { jsonFormat } from './json.ts';
import { liveTable } from './live-table.ts';
import { separatedFormat } from './separated.ts';
import { sparkFormat } from './spark.ts';
import { tableFormat } from './table.ts';
import { textFormat } from './text.ts';

interface FormatOptions {
  /** Of a csv or tsv file that is appended to, which has its header already. */
  readonly columns?: readonly string[] | undefined;
  /** The mark of another one of the same look, which it goes on from. */
  readonly from?: Value | undefined;
  /** Whether a table has bars behind its numbers; undefined: where that suits it. */
  readonly bars?: boolean | undefined;
}

/** A look by its name, writing to `write`. */
export function createFormat(
  name: PrintFormat,
  write: Write,
  context: SinkContext,
  { columns, from, bars }: FormatOptions = {},
): Format {
  switch (name) {
    case 'text':
      return textFormat(write);
    case 'json':
      return jsonFormat(write);
    case 'csv':
    case 'tsv':
      return separatedFormat(write, {
        separator: name === 'csv' ? ',' : '\t',
        ...(columns === undefined ? {} : { columns }),
        ...(from === undefined ? {} : { from }),
        bad: (problem, record) => context.bad(problem, record),
        note: (message) => context.note(message),
      });
    case 'batches':
      return batchesFormat(write, context.output, from);
    case 'spark':
      return sparkFormat(write);
    case 'table':
      if (context.region !== undefined) return liveTable(context.region, context, bars);
      return context.isFlowing && bars !== true ? flowingTable(write, context) : tableFormat(write, context, bars);
  }
}
