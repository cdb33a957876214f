import { toJson, toText } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import { text } from '../define/parameters.ts';
import { toLine } from '../formats/format.ts';

/** `format:` of sinks that make a message of each record. */
export const messageFormat = text(
  'what a record is written as, where it is not to be a text as it is and anything else as JSON',
  { named: true, choices: ['text', 'json'] },
).optional();

/** How a record is written. */
export function messageText(format: string | undefined): (value: Value) => string {
  return format === 'json' ? toJson : format === 'text' ? toLine : toText;
}
