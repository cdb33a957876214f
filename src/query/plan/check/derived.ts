import type { Parameters } from '../../../flow/define/parameters.ts';
import { parseProgram } from '../../text/parser.ts';
import type { Argument, Call } from '../../tree/tree.ts';
import { matchArguments } from './match-arguments.ts';

/**
 * The stages that a derived word stands for: its text, with the call's arguments in the places of `$name`. An argument that was left
 * out takes the one it would have been given to with it: `window($length, $slide)` becomes `window(30s)`.
 *
 * All places are the call's own, so that problems point at what the user wrote.
 *
 * @throws Error if the definition's text is not a program: a fault of ours, found by the catalog's tests.
 */
export function expandDerived(call: Call, text: string, parameters: Parameters): readonly Call[] {
  const { program, problems } = parseProgram(text);
  const stream = program.streams[0];
  if (problems.length > 0 || stream === undefined) throw new Error(`${call.name} is defined by a wrong text: ${text}`);
  const { given } = matchArguments(call, parameters);
  return stream.stages.map((stage) => ({
    ...stage,
    namePlace: call.namePlace,
    place: call.place,
    arguments: stage.arguments.flatMap((argument) => substitute(argument, given)),
  }));
}

/** `$name` alone is replaced whole, with the places of what replaces it; derived texts put nothing around it. */
function substitute(argument: Argument, given: ReadonlyMap<string, readonly Argument[]>): readonly Argument[] {
  if (argument.value.kind !== 'name' || !argument.value.name.startsWith('$')) return [argument];
  const replacement = given.get(argument.value.name.slice(1));
  if (replacement === undefined) return [];
  return replacement.map(({ value }) => ({ ...argument, value }));
}
