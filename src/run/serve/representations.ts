import { entriesOf, fieldsOf } from '../../base/fields.ts';
import { toJson, toText } from '../../base/json.ts';
import { type Fields, isFields, type Value } from '../../base/value.ts';
import { visible } from '../../base/visible.ts';
import { cellAt, columnsOf } from '../../flow/formats/rows.ts';
import { separatedText } from '../../flow/formats/separated.ts';
import { writingFault } from '../../flow/parquet/library.ts';
import { parquetOf } from '../../flow/parquet/parquet-file.ts';
import type { Batch } from './batch.ts';
import { objectOf } from './batch-text.ts';
import { Refusal } from './refusal.ts';

/** What is asked for: one batch as it is, or several, one behind the other. */
export type Asked = { readonly batch: Batch } | { readonly batches: readonly Batch[] };

/** A way to write results. */
interface Representation {
  readonly type: string;
  /** @param alerts that are on. Throws, or rejects with, a refusal where this result cannot be written so. */
  readonly write: (view: string, asked: Asked, alerts: readonly Fields[]) => string | Promise<Buffer>;
}

/** Those that there are, by the ending of the address. */
export const REPRESENTATIONS: { readonly [ending: string]: Representation } = {
  json: {
    type: 'application/json; charset=utf-8',
    write: (view, asked, alerts) =>
      'batch' in asked
        ? `${asObject(view, asked.batch, alerts)}\n`
        : `[${asked.batches.map((batch) => asObject(view, batch, [])).join(',\n')}]\n`,
  },
  jsonl: {
    type: 'application/x-ndjson; charset=utf-8',
    write: (_view, asked) =>
      recordsOf(asked)
        .map((record) => `${toJson(record)}\n`)
        .join(''),
  },
  csv: { type: 'text/csv; charset=utf-8', write: (_view, asked) => separatedText(',', recordsOf(asked)) },
  tsv: {
    type: 'text/tab-separated-values; charset=utf-8',
    write: (_view, asked) => separatedText('\t', recordsOf(asked)),
  },
  md: { type: 'text/markdown; charset=utf-8', write: (_view, asked) => markdown(recordsOf(asked)) },
  parquet: { type: 'application/vnd.apache.parquet', write: (view, asked) => parquet(view, recordsOf(asked)) },
};

async function parquet(view: string, records: readonly Value[]): Promise<Buffer> {
  const missing = writingFault(0);
  if (missing !== undefined) throw new Refusal(501, 'missing-driver', missing.message, missing.help);
  const file = await parquetOf(records, ({ reason }) => {
    throw new Refusal(413, 'too-many-columns', `a row of ${view} cannot be written: ${reason}`, 'ask for .jsonl');
  });
  if (file !== undefined) return file;
  throw new Refusal(
    404,
    'no-columns',
    `${view} has no row with a field now, and no file of Parquet is without columns`,
    'ask for .json',
  );
}

function asObject(view: string, batch: Batch, alerts: readonly Fields[]): string {
  return objectOf(batch, [['records', batch.records]], { view, ...(alerts.length === 0 ? {} : { alerts }) });
}

/** The records of one batch as they are, those of several with the bounds of theirs, as `stamp` writes them. */
function recordsOf(asked: Asked): readonly Value[] {
  if ('batch' in asked) return asked.batch.records;
  return asked.batches.flatMap(({ records, span: { start, end } }) =>
    records.map((record) =>
      isFields(record)
        ? fieldsOf([
            ...entriesOf(record).filter(([name]) => name !== 'start' && name !== 'end'),
            ['start', start],
            ['end', end],
          ])
        : { start, end, value: record },
    ),
  );
}

/** A table of Markdown (GitHub's), in which nothing of the data is mark-up. */
function markdown(records: readonly Value[]): string {
  if (records.length === 0) return '';
  const { all } = columnsOf(records, 100);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const lines = records.map((record) =>
    row(all.map((column) => markdownText(toText((column.path.length === 0 ? record : cellAt(record, column)) ?? '')))),
  );
  return row(all.map(({ name }) => markdownText(name))) + row(all.map(() => '---')) + lines.join('');
}

function markdownText(text: string): string {
  return visible(text).replace(/[\\`*_{}[\]<>()#+!|~&$]/g, (character) => `\\${character}`);
}
