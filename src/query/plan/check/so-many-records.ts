import type { Argument, Call } from '../../tree/tree.ts';
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
