import type { Parameters } from '../../../flow/define/parameters.ts';
import { parseProgram } from '../../text/parser.ts';
import { mapTree } from '../../tree/map-tree.ts';
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
  const { place } = call;
  return stream.stages.map((stage) => ({
    ...stage,
    namePlace: call.namePlace,
    place,
    arguments: stage.arguments.flatMap((argument) => substitute(argument, given)),
  }));

  /** `$name` is replaced whole, with the places of what replaces it; all else stands where the call does. */
  function substitute(argument: Argument, given: ReadonlyMap<string, readonly Argument[]>): readonly Argument[] {
    const { value } = argument;
    const replacement = replacementOf(value, given);
    if (replacement !== undefined) return replacement.map((other) => ({ ...argument, value: other.value }));
    const inner = (part: object) => replacementOf(part, given)?.[0]?.value ?? ('start' in part ? place : part);
    return [{ ...argument, value: mapTree(value, inner) }];
  }
}

/** What stands in the place of `$name`: nothing where the argument was left out; undefined for all other parts. */
function replacementOf(part: object, given: ReadonlyMap<string, readonly Argument[]>): readonly Argument[] | undefined {
  const { kind, name } = part as { readonly kind?: string; readonly name?: string };
  if (kind !== 'name' || name?.startsWith('$') !== true) return undefined;
  return given.get(name.slice(1)) ?? [];
}
