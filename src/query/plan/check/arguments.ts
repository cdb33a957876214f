import { nearest } from '../../../base/nearest.ts';
import type { Place, Problem } from '../../../base/problem.ts';
import type { Type } from '../../../base/type.ts';
import type { Key } from '../../../flow/define/named-fields.ts';
import type { BoundArguments, Column, Parameter, Parameters } from '../../../flow/define/parameters.ts';
import { signature } from '../../../flow/define/signature.ts';
import type { Described } from '../../../flow/define/word.ts';
import { atHome } from '../../../flow/files/home.ts';
import { Pattern } from '../../../flow/pattern/pattern.ts';
import { printExpression } from '../../text/printer.ts';
import type { Argument, Call, Expression } from '../../tree/tree.ts';
import { bindConstant, bindFunction } from '../compiled/bind.ts';
import { whereAggregatesStand } from './aggregate-as-function.ts';
import type { ArgumentScope, ArgumentsResult } from './bound-arguments.ts';
import { type PlanProblem, type PlanProblemCode, planProblem } from './codes.ts';
import { bindColumns } from './columns.ts';
import { expectation } from './expectation.ts';
import { type BoundFields, FIELD_BINDERS, withoutBraces } from './fields.ts';
import { columnTwice, type KeyPart, keyOf } from './key-columns.ts';
import { exchangedArguments, matchArguments } from './match-arguments.ts';
import { pathProblem } from './paths.ts';
import { placeWithin } from './place-within.ts';
import { valueMeant } from './values-meant.ts';
import { argumentText, withoutKey } from './without-key.ts';

/**
 * Binds the arguments of `call` to `parameters`.
 *
 * @param input the type of the records that flow into the word; lambdas take their parameter types from it.
 */
export function bindArguments(
  call: Call,
  { parameters, surplus }: Pick<Described, 'parameters' | 'surplus'>,
  input: Type,
  scope: ArgumentScope,
): ArgumentsResult {
  const binder = new ArgumentBinder(call, parameters, input, scope);
  binder.bind(surplus);
  const { values, results, streams } = binder;
  const problems = binder.problems.map((problem) => whereAggregatesStand(problem, call, scope.aggregates));
  return { values, results, streams, problems };
}

class ArgumentBinder implements ArgumentsResult {
  readonly values: Record<string, unknown> = {};
  readonly results: Record<string, Type> = {};
  readonly streams: Record<string, Argument> = {};
  readonly problems: Problem[] = [];
  private readonly call: Call;
  private readonly parameters: Parameters;
  private readonly input: Type;
  private readonly scope: ArgumentScope;

  constructor(call: Call, parameters: Parameters, input: Type, scope: ArgumentScope) {
    this.call = call;
    this.parameters = parameters;
    this.input = input;
    this.scope = scope;
  }

  /** @param help what is said of arguments too many. */
  bind(help: string | undefined): void {
    if (this.isWithoutKey()) return;
    const astray = exchangedArguments(this.call, this.parameters) ?? withoutBraces(this.call, this.parameters);
    if (astray !== undefined) {
      this.problems.push(astray);
      return;
    }
    const { given, problems } = matchArguments(this.call, this.parameters);
    for (const problem of problems) {
      const isSurplus = problem.code === 'too-many-arguments' || problem.code === 'unknown-argument';
      this.problems.push(isSurplus && help !== undefined ? { ...problem, help } : problem);
    }
    for (const [name, parameter] of Object.entries(this.parameters)) {
      const arguments_ = given.get(name);
      if (arguments_ === undefined) this.leaveOut(name, parameter);
      else if (parameter.accepts.kind === 'key') this.values[name] = this.key(name, parameter.accepts, arguments_);
      else if (parameter.rest) this.values[name] = this.all(name, parameter, arguments_);
      else this.values[name] = this.value(name, parameter, arguments_[0]!);
      if (arguments_ !== undefined && parameter.with !== undefined && !given.has(parameter.with)) {
        this.missingCompanion(name, parameter.with, arguments_[0]!);
      }
    }
  }

  /** The values of a parameter that takes many. */
  private all(name: string, parameter: Parameter<unknown>, given: readonly Argument[]): readonly unknown[] {
    const before = this.problems.length;
    const values = given.map((argument) => this.value(name, parameter, argument));
    if (this.problems.length === before) this.refuse(name, parameter, parameter.check?.(values), given.at(-1)!.value);
    return values;
  }

  /** `groupBy({n: count()})`, `pivot(.a, {n: count()})`: the aggregates stand where the key should. */
  private isWithoutKey(): boolean {
    const given = this.call.arguments.filter(({ name }) => name === undefined);
    const before = Object.values(this.parameters).findIndex(({ accepts }) => accepts.kind === 'aggregates');
    const last = given.at(-1)?.value;
    if (before < 1 || given.length > before || last?.kind !== 'object') return false;
    const isAggregate = (entry: (typeof last.entries)[number]) => {
      const call = entry.kind === 'entry' && entry.value.kind === 'call' ? entry.value : undefined;
      return call !== undefined && this.scope.aggregates.has(call.name);
    };
    if (last.entries.length === 0 || !last.entries.every(isAggregate)) return false;
    this.problem('needs-key', last.place, withoutKey(this.call.name, before, given));
    return true;
  }

  private missingCompanion(name: string, companion: string, argument: Argument): void {
    this.problem('argument-alone', argument.namePlace ?? argument.value.place, {
      message: `\`${name}\` of \`${this.call.name}\` means nothing without \`${companion}:\``,
      label: `\`${companion}:\` is missing`,
      help: `\`${companion}:\` is ${this.parameters[companion]!.docs}`,
    });
  }

  private leaveOut(name: string, parameter: Parameter<unknown>): void {
    if (parameter.required) {
      this.problem('missing-argument', this.call.namePlace, {
        message: `\`${this.call.name}\` needs \`${name}\`: ${parameter.docs}`,
        label: `\`${name}\` is missing`,
        help:
          parameter.accepts.kind === 'aggregates'
            ? `for instance \`${this.withAggregates()}\``
            : `write it as \`${signature(this.call.name, this.parameters)}\``,
      });
    }
    this.values[name] = parameter.fallback;
  }

  /** The call as it was written, with an aggregate in its place. */
  private withAggregates(): string {
    const isNamed = ({ name }: Argument) => name !== undefined;
    const written = (argument: Argument) =>
      isNamed(argument) ? `${argument.name}: ${argumentText(argument)}` : argumentText(argument);
    const positional = this.call.arguments.filter((argument) => !isNamed(argument)).map(written);
    const named = this.call.arguments.filter(isNamed).map(written);
    return `${this.call.name}(${[...positional, '{n: count()}', ...named].join(', ')})`;
  }

  private value(name: string, parameter: Parameter<unknown>, argument: Argument): unknown {
    const { accepts } = parameter;
    if (accepts.kind === 'stream') {
      this.streams[name] = argument;
      return undefined;
    }
    if (argument.value.kind === 'stream') return this.streamArgument(name, parameter, argument.value);
    const expression = argument.value;
    const fields = FIELD_BINDERS.get(accepts.kind)?.(this.call.name, expression, this.input, this.scope.expressions);
    if (fields !== undefined) return this.fields(name, parameter, fields, expression);
    switch (accepts.kind) {
      case 'lambda': {
        const bound = bindFunction(
          expression,
          { takes: accepts.takes(this.input), placeholders: accepts.placeholders, orText: accepts.orText },
          this.scope.expressions,
        );
        this.problems.push(...bound.problems);
        this.results[name] = bound.compiled.result;
        return bound.compiled;
      }
      case 'aggregates':
        return this.aggregates(expression, accepts.compares);
      case 'result': {
        const held = this.scope.column?.(expression);
        if (held !== undefined) this.results[name] = held.type;
        return held?.value;
      }
      case 'pattern':
      case 'textOrPattern':
        if (expression.kind === 'regex') return this.regex(name, parameter, expression);
        if (accepts.kind === 'pattern') return this.mismatch(name, expression, 'a regular expression such as `/…/`');
        break;
      default:
    }
    if (accepts.kind === 'states' && expression.kind === 'call' && expression.name === 'checkpoint')
      return this.kept(expression, accepts.kept);
    return this.constant(name, parameter, expression);
  }

  /** The stage of another run whose states are to begin with. */
  private kept(call: Call, parameters: Parameters): BoundArguments {
    const { values, problems } = bindArguments(call, { parameters }, this.input, this.scope);
    this.problems.push(...problems);
    return values;
  }

  private streamArgument(name: string, { docs }: Parameter<unknown>, { place }: { readonly place: Place }): undefined {
    this.problem('stream-argument', place, {
      message: `\`${name}\` of \`${this.call.name}\` is no stream: ${docs}`,
      label: 'stages joined by `|`',
      help: `close the bracket of \`${this.call.name}\` before the \`|\`, or write \`||\` for "or"`,
    });
  }

  private fields(name: string, parameter: Parameter<unknown>, bound: BoundFields, at: Argument['value']): unknown {
    this.problems.push(...bound.problems);
    // Those of a list are looked at together.
    if (bound.problems.length === 0) this.check(name, parameter, bound.value, at);
    return bound.value;
  }

  private regex(
    name: string,
    parameter: Parameter<unknown>,
    expression: Extract<Expression, { kind: 'regex' }>,
  ): Pattern | undefined {
    try {
      const regex = new Pattern(expression.pattern, expression.flags.replaceAll('g', ''));
      this.check(name, parameter, regex, expression);
      return regex;
    } catch (error) {
      const { message } = error as SyntaxError;
      this.problem('bad-regex', expression.place, {
        message: `this regular expression is not well formed: ${message.slice(message.lastIndexOf(': ') + 2)}`,
        label: 'not well formed',
        help: 'a sign that stands for itself has a backslash before it: `\\(`',
      });
      return undefined;
    }
  }

  private constant(name: string, parameter: Parameter<unknown>, expression: Expression): unknown {
    const bound = bindConstant(expression, this.scope.expressions);
    const { accepts } = parameter;
    const isPath = accepts.kind === 'text' && accepts.isPath === true;
    this.problems.push(...(isPath ? bound.problems.map((problem) => this.ofPath(problem)) : bound.problems));
    if (bound.problems.length > 0) return undefined;
    const unit = expression.kind === 'literal' ? expression.unit : undefined;
    const expected = expectation(parameter, bound.value, unit);
    if (expected !== undefined) return this.mismatch(name, expression, expected);
    if (isPath && typeof bound.value === 'string') return this.path(name, parameter, bound.value, expression);
    this.check(name, parameter, bound.value, expression);
    return accepts.kind === 'durationOrSize' ? { unit, value: bound.value } : bound.value;
  }

  private path(name: string, parameter: Parameter<unknown>, path: string, value: Expression): string | undefined {
    const { accepts } = parameter;
    const mayBeUrl = accepts.kind === 'text' && accepts.isSecret === true;
    const problem = mayBeUrl
      ? undefined
      : pathProblem(name, path, { value, parameter, call: this.call, parameters: this.parameters });
    if (problem === undefined) this.check(name, parameter, path, value);
    else this.problems.push(problem);
    return problem === undefined ? atHome(path) : undefined;
  }

  /** A problem of the name of a file: one that is made of a record may mean a file for each value. */
  private ofPath(problem: Problem): Problem {
    if (problem.code !== 'placeholder-place' || !Object.hasOwn(this.parameters, 'by')) return problem;
    return { ...problem, help: `a file for each value of a field: \`${this.call.name}("…", by: .name)\`` };
  }

  private check(name: string, parameter: Parameter<unknown>, value: unknown, at: Argument['value']): void {
    this.refuse(name, parameter, (parameter.rest ? parameter.checkEach : parameter.check)?.(value), at);
  }

  private refuse(
    name: string,
    parameter: Parameter<unknown>,
    fault: ReturnType<NonNullable<Parameter<unknown>['check']>>,
    at: Argument['value'],
  ): void {
    if (fault === undefined) return;
    const isMore = typeof fault !== 'string';
    const code = (isMore ? fault.code : undefined) ?? 'wrong-argument';
    this.problem(code, isMore ? placeWithin(at, fault.at) : at.place, {
      message: `\`${name}\` of \`${this.call.name}\`: ${isMore ? fault.message : fault}`,
      label: isMore ? fault.label : 'cannot stand here',
      help: isMore ? fault.help : `\`${name}\` is ${parameter.docs}`,
    });
  }

  private key(
    name: string,
    { asList }: Extract<Parameter<unknown>['accepts'], { kind: 'key' }>,
    given: readonly Argument[],
  ): Key | undefined {
    const parts = given.flatMap(({ value }): KeyPart[] => {
      if (value.kind === 'stream') return [];
      const bound = bindFunction(value, { takes: [this.input], placeholders: 1 }, this.scope.expressions);
      this.problems.push(...bound.problems);
      return [{ expression: value, of: bound.compiled }];
    });
    for (const { value } of given)
      if (value.kind === 'stream') this.streamArgument(name, this.parameters[name]!, value);
    const [first, ...others] = parts;
    if (first === undefined) return undefined;
    const key = keyOf([first, ...others], asList);
    const twice = asList ? undefined : columnTwice(this.call.name, key, this.ownColumns, given);
    if (twice !== undefined) this.problems.push(twice);
    this.results[name] = key.of.result;
    return key;
  }

  /** The names of columns that are the word's own, and stand beside those of its key and its aggregates. */
  private get ownColumns(): readonly string[] {
    return Object.values(this.parameters).flatMap(({ accepts }) =>
      accepts.kind === 'aggregates' ? accepts.besides : [],
    );
  }

  private aggregates(expression: Expression, compares: boolean): readonly Column[] {
    const key = this.values.key as Key | undefined;
    const { columns, problems } = bindColumns(expression, {
      call: this.call,
      compares,
      isKeyed: 'key' in this.parameters,
      taken: [...(key?.columns.map(({ name }) => name) ?? []), ...this.ownColumns],
      scope: this.scope,
      bind: (call, word, column) => bindArguments(call, word, this.input, { ...this.scope, column }),
    });
    this.problems.push(...problems);
    return columns;
  }

  /** What was probably meant, where an argument is none of those that it may be. */
  private nearChoice(name: string, expression: Expression): string {
    const given = expression.kind === 'literal' && typeof expression.value === 'string' ? expression.value : '';
    const near = nearest(given, this.parameters[name]?.choices ?? []);
    return near === undefined ? 'none of them' : `did you mean \`"${near}"\`?`;
  }

  private mismatch(name: string, expression: Expression, expected: string): undefined {
    this.problem('wrong-argument', expression.place, {
      message: `\`${name}\` of \`${this.call.name}\` needs ${expected}, found \`${printExpression(expression)}\``,
      label: expected.startsWith('one of')
        ? this.nearChoice(name, expression)
        : `not ${expected.replace(/ such as .*/, '')}`,
      help:
        valueMeant(this.call, expression, expected) ?? `write it as \`${signature(this.call.name, this.parameters)}\``,
    });
  }

  private problem(code: PlanProblemCode, place: Place, rest: Omit<PlanProblem, 'code' | 'place'>): void {
    this.problems.push(planProblem(code, place, rest));
  }
}
