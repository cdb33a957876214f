import { printExpression } from '../../text/printer.ts';
import type { Argument } from '../../tree/tree.ts';
import type { PlanProblem } from './codes.ts';

/**
 * What is said of aggregates before which something is missing.
 *
 * @param before how many arguments should stand before them.
 * @param given what stands there, the aggregates last.
 */
export function withoutKey(
  word: string,
  before: number,
  given: readonly Argument[],
): Omit<PlanProblem, 'code' | 'place'> {
  const texts = given.map(argumentText);
  const aggregates = texts.pop()!;
  const keys = ['.service', '.path', '.status'].filter((key) => !texts.includes(key)).slice(0, before - texts.length);
  const call = `\`${word}(${[...texts, ...keys, aggregates].join(', ')})\``;
  if (before > 1) {
    return {
      message: `\`${word}\` needs ${before} arguments before the aggregates, found ${texts.length}`,
      label: 'aggregates, and too little before them',
      help: call,
    };
  }
  return {
    message: `\`${word}\` needs what to group by before the aggregates`,
    label: 'aggregates, and no key before them',
    help: `over all records it is \`aggregate(${aggregates})\`; by a field ${call}`,
  };
}

/** An argument as it was written, without its name. */
export function argumentText({ value }: Argument): string {
  return value.kind === 'stream' ? '…' : printExpression(value);
}
