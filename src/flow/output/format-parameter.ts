import type { PrintFormat } from '../define/context.ts';
import { type Parameter, text } from '../define/parameters.ts';

/** What files, sockets and processes can be written as: all but the table, which is for people. */
const FORMATS: readonly PrintFormat[] = ['text', 'json', 'csv', 'tsv', 'batches', 'spark'];

/**
 * `format:` of the sinks that write text somewhere else than to standard output.
 *
 * @param unless what is written where it is not given, as the end of a sentence: `text unless the suffix says json, csv or tsv`.
 */
export function formatParameter(unless: string): Parameter<PrintFormat | undefined> {
  const parameter = text(`what is written; ${unless}`, { named: true, choices: FORMATS }).optional();
  return parameter as Parameter<PrintFormat | undefined>;
}
