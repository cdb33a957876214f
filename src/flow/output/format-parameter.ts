import type { PrintFormat } from '../define/context.ts';
import { type Parameter, text } from '../define/parameters.ts';

/** What files, sockets and processes can be written as: all but the table, which is for people. */
const FORMATS: readonly PrintFormat[] = ['text', 'json', 'csv', 'tsv', 'batches', 'spark'];

/** `format:` of the sinks that write text somewhere else than to standard output. */
export const formatParameter = text('what is written; text unless the name says json, csv or tsv', {
  named: true,
  choices: FORMATS,
}).optional() as Parameter<PrintFormat | undefined>;
