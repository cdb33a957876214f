import { nearest } from '../../../base/nearest.ts';
import type { Parameter, Parameters } from '../../../flow/define/parameters.ts';
import { signature } from '../../../flow/define/signature.ts';
import { printExpression } from '../../text/printer.ts';
import type { Argument, Call, Expression } from '../../tree/tree.ts';
import { insteadOf, meantByName, withOther } from '../foreign/arguments.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** Which arguments of a call are for which parameter: one each, but for a `rest` parameter. */
interface Matched {
  readonly given: ReadonlyMap<string, readonly Argument[]>;
  readonly problems: readonly PlanProblem[];
}

/** Gives each argument to its parameter: by name, or by position in the order of the parameters. */
export function matchArguments(call: Call, parameters: Parameters): Matched {
  const given = new Map<string, Argument[]>();
  const problems: PlanProblem[] = [];
  const positional = Object.entries(parameters).filter(([, parameter]) => !parameter.named);
  let next = 0;
  let left = call.arguments.filter(({ name }) => name === undefined).length;
  for (const argument of call.arguments) {
    if (argument.name !== undefined) {
      const problem = checkName(call, parameters, argument, given);
      if (problem === undefined) given.set(argument.name, [argument]);
      else problems.push(problem);
      continue;
    }
    // What may be left out is passed over where something else stands: reduceByWindow(f, 30s, 10s), first(.a).
    while (next + 1 < positional.length && isPassedOver(positional[next]![1], argument)) next++;
    const slot = positional[next];
    if (slot === undefined) {
      problems.push(tooMany(call, parameters, argument, positional.length));
      continue;
    }
    const [name, parameter] = slot;
    given.set(name, [...(given.get(name) ?? []), argument]);
    left--;
    const needed = positional.slice(next + 1).filter(([, { required }]) => required).length;
    if (!parameter.rest || left <= needed) next++;
  }
  return { given, problems };
}

/** A problem where two arguments stand the other way round: `exactQuantile(0.99, .x)`. */
export function exchangedArguments(call: Call, parameters: Parameters): PlanProblem | undefined {
  const positional = Object.entries(parameters).filter(([, parameter]) => !parameter.named);
  const [first, second, ...others] = call.arguments;
  const [one, two] = positional;
  if (one === undefined || two === undefined || second === undefined) return undefined;
  if (first!.name !== undefined || second.name !== undefined) return undefined;
  const stands = (argument: Argument, parameter: Parameter<unknown>) => takesLiteral(parameter) === isLiteral(argument);
  const [takenFirst, takenSecond] = [takesLiteral(one[1]), takesLiteral(two[1])];
  if (takenFirst === undefined || takenSecond === undefined || takenFirst === takenSecond) return undefined;
  if (stands(first!, one[1]) || stands(second, two[1])) return undefined;
  const all = [second, first!, ...others].map(({ name, value }) => {
    const text = value.kind === 'stream' ? '…' : printExpression(value);
    return name === undefined ? text : `${name}: ${text}`;
  });
  return planProblem(
    'arguments-exchanged',
    { start: first!.value.place.start, end: second.value.place.end },
    {
      message: `\`${call.name}\` takes \`${one[0]}\` first and \`${two[0]}\` behind it`,
      label: 'the other way round',
      help: `\`${call.name}(${all.join(', ')})\``,
    },
  );
}

/** Whether it is a number, a text and the like (true), or a function (false); undefined where it may be either. */
function takesLiteral({ accepts }: Parameter<unknown>): boolean | undefined {
  if (accepts.kind === 'lambda' || accepts.kind === 'key' || accepts.kind === 'result') return false;
  return ['number', 'duration', 'size', 'durationOrSize', 'text', 'boolean'].includes(accepts.kind) ? true : undefined;
}

function isLiteral({ value }: Argument): boolean {
  return value.kind === 'literal';
}

function isPassedOver(parameter: Parameter<unknown>, argument: Argument): boolean {
  return !parameter.required && takesLiteral(parameter) === !isLiteral(argument);
}

function checkName(
  call: Call,
  parameters: Parameters,
  argument: Argument,
  given: ReadonlyMap<string, readonly Argument[]>,
): PlanProblem | undefined {
  const name = argument.name!;
  const place = argument.namePlace ?? call.namePlace;
  const help = `write it as \`${signature(call.name, parameters)}\``;
  const [before] = given.get(name) ?? [];
  if (before !== undefined) {
    return planProblem('argument-twice', place, {
      message: `\`${call.name}\` is given \`${name}\` twice`,
      label: 'the second time',
      help,
      also: { place: before.namePlace ?? before.value.place, label: 'the first time' },
    });
  }
  if (Object.hasOwn(parameters, name)) return undefined;
  const near = nearest(name, Object.keys(parameters));
  const meant = meantByName(call, argument);
  return planProblem('unknown-argument', place, {
    message: `\`${call.name}\` has no argument named \`${name}\``,
    label: near === undefined ? 'not one of its names' : `did you mean \`${near}\`?`,
    help: insteadOf(call, argument) ?? (meant === undefined ? help : `\`${meant}\``),
  });
}

function tooMany(call: Call, parameters: Parameters, argument: Argument, most: number): PlanProblem {
  const none = Object.keys(parameters).length === 0 ? 'no arguments' : 'no arguments without a name';
  const limit = most === 0 ? none : `at most ${most} argument${most === 1 ? '' : 's'}`;
  return planProblem('too-many-arguments', argument.value.place, {
    message: `\`${call.name}\` takes ${limit}`,
    label: 'one too many',
    help: `write it as \`${withName(call, parameters, argument) ?? signature(call.name, parameters)}\``,
  });
}

/**
 * The call with a surplus argument under the name that it needs: a flag as it was called, `sortBy(.ms, desc)`, or what is the only argument
 * of its kind that has a name, `csv(";")`, `chart("bar", .n)`.
 */
function withName(call: Call, parameters: Parameters, argument: Argument): string | undefined {
  const { value } = argument;
  const word = value.kind === 'name' ? value.name : value.kind === 'literal' ? value.value : undefined;
  const flag = Object.entries(parameters).find(
    ([name, { accepts }]) => accepts.kind === 'boolean' && typeof word === 'string' && word.startsWith(name),
  );
  if (flag !== undefined) return withOther(call, argument, `${flag[0]}: true`);
  const kind =
    value.kind === 'literal' ? typeof word : value.kind === 'field' || value.kind === 'lambda' ? 'function' : '';
  const given = new Set(call.arguments.map(({ name }) => name));
  const named = Object.entries(parameters).filter(
    ([name, parameter]) => parameter.named && !given.has(name) && KINDS.get(parameter.accepts.kind) === kind,
  );
  const first = kind === 'function' ? named[0] : named.length === 1 ? named[0] : undefined;
  return first === undefined
    ? undefined
    : withOther(call, argument, `${first[0]}: ${printExpression(value as Expression)}`);
}

/** What an argument of a kind is written as. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['text', 'string'],
  ['number', 'number'],
  ['lambda', 'function'],
]);
