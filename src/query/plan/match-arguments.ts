import { nearest } from '../../base/nearest.ts';
import type { Problem } from '../../base/problem.ts';
import type { Parameter, Parameters } from '../../flow/parameters.ts';
import { signature } from '../../flow/signature.ts';
import type { Argument, Call } from '../tree/tree.ts';

/** Which arguments of a call are for which parameter: one each, but for a `rest` parameter. */
export interface Matched {
  readonly given: ReadonlyMap<string, readonly Argument[]>;
  readonly problems: readonly Problem[];
}

/** Gives each argument to its parameter: by name, or by position in the order of the parameters. */
export function matchArguments(call: Call, parameters: Parameters): Matched {
  const given = new Map<string, Argument[]>();
  const problems: Problem[] = [];
  const positional = Object.entries(parameters).filter(([, parameter]) => !parameter.named);
  let next = 0;
  for (const argument of call.arguments) {
    if (argument.name !== undefined) {
      const problem = checkName(call, parameters, argument, given);
      if (problem === undefined) given.set(argument.name, [argument]);
      else problems.push(problem);
      continue;
    }
    // An optional lambda in the middle is passed over where something else stands: reduceByWindow(f, 30s, 10s).
    while (next + 1 < positional.length && isPassedOver(positional[next]![1], argument)) next++;
    const slot = positional[next];
    if (slot === undefined) {
      problems.push(tooMany(call, parameters, argument, positional.length));
      continue;
    }
    const [name, parameter] = slot;
    given.set(name, [...(given.get(name) ?? []), argument]);
    if (!parameter.rest) next++;
  }
  return { given, problems };
}

function isPassedOver(parameter: Parameter<unknown>, argument: Argument): boolean {
  return !parameter.required && parameter.accepts.kind === 'lambda' && argument.value.kind === 'literal';
}

function checkName(
  call: Call,
  parameters: Parameters,
  argument: Argument,
  given: ReadonlyMap<string, unknown>,
): Problem | undefined {
  const name = argument.name!;
  const place = argument.namePlace ?? call.namePlace;
  const help = `write it as ${signature(call.name, parameters)}`;
  if (given.has(name)) {
    const message = `${call.name} is given ${name} twice`;
    return { code: 'argument-twice', place, message, label: 'given before', help };
  }
  if (Object.hasOwn(parameters, name)) return undefined;
  const near = nearest(name, Object.keys(parameters));
  return {
    code: 'unknown-argument',
    place,
    message: `${call.name} has no argument named ${name}`,
    label: near === undefined ? 'not one of its names' : `did you mean ${near}?`,
    help,
  };
}

function tooMany(call: Call, parameters: Parameters, argument: Argument, most: number): Problem {
  const limit = most === 0 ? 'no arguments by position' : `at most ${most} argument${most === 1 ? '' : 's'}`;
  return {
    code: 'too-many-arguments',
    place: argument.value.place,
    message: `${call.name} takes ${limit}`,
    label: 'one too many',
    help: `write it as ${signature(call.name, parameters)}`,
  };
}
