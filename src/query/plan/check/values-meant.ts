import { formatDuration } from '../../../base/duration.ts';
import { readDuration } from '../../../base/duration-text.ts';
import type { Argument, Call, Expression } from '../../tree/tree.ts';
import { written } from '../foreign/answer.ts';

/** What gives so many records, where a word that is no stage has a number as others write it: `first(5)`, `tail(5)`. */
export function soManyRecords(call: Call): string | undefined {
  const [first] = call.arguments;
  const word = BY_NUMBER.get(call.name);
  return word !== undefined && isCount(first) ? `\`${word}(${written(first!)})\`` : undefined;
}

const BY_NUMBER: ReadonlyMap<string, string> = new Map([
  ['first', 'head'],
  ['tail', 'last'],
]);

function isCount(argument: Argument | undefined): boolean {
  return argument?.value.kind === 'literal' && typeof argument.value.value === 'number';
}

/**
 * What to write for a value of the wrong kind where that can be told: `tail(3)`, `window("30 seconds")`.
 *
 * @param expected what it should have been, in words.
 */
export function valueMeant(call: Call, expression: Expression, expected: string): string | undefined {
  const few = call.arguments[0]?.value === expression ? soManyRecords(call) : undefined;
  if (few !== undefined) return `the last of a batch are ${few}`;
  if (expression.kind !== 'literal' || typeof expression.value !== 'string') return undefined;
  const duration = expected.startsWith('a duration') ? readDuration(expression.value) : undefined;
  return duration === undefined ? undefined : `a duration stands without quotes: \`${formatDuration(duration)}\``;
}
