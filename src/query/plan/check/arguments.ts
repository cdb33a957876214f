import { nearest } from '../../../base/nearest.ts';
import type { Place, Problem } from '../../../base/problem.ts';
import type { Type } from '../../../base/type.ts';
import type { Value } from '../../../base/value.ts';
import type { AggregateDefinition } from '../../../flow/define/aggregate.ts';
import type { BoundArguments, Key, NamedAggregate, Parameter, Parameters } from '../../../flow/define/parameters.ts';
import { signature } from '../../../flow/define/signature.ts';
import type { Described } from '../../../flow/define/word.ts';
import { Pattern } from '../../../flow/pattern/pattern.ts';
import { printExpression } from '../../text/printer.ts';
import type { Argument, Call, Expression } from '../../tree/tree.ts';
import { bindConstant, bindFunction } from '../compiled/bind.ts';
import type { Scope } from '../expression/scope.ts';
import { type PlanProblem, type PlanProblemCode, planProblem } from './codes.ts';
import { expectation } from './expectation.ts';
import { columnsOf } from './key-columns.ts';
import { exchangedArguments, matchArguments } from './match-arguments.ts';

/** The arguments of a call, checked against the parameters of its word. */
export interface ArgumentsResult {
  readonly values: BoundArguments;
  /** The result type of each lambda argument, by parameter. */
  readonly results: { readonly [name: string]: Type };
  /** Arguments that are streams, by parameter; the caller binds them. */
  readonly streams: { readonly [name: string]: Argument };
  readonly problems: readonly Problem[];
}

/** What is needed to bind arguments: the names in scope, and the aggregates there are. */
export interface ArgumentScope {
  readonly expressions: Scope;
  readonly aggregates: ReadonlyMap<string, AggregateDefinition>;
}

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
  return binder;
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
    const exchanged = exchangedArguments(this.call, this.parameters);
    if (exchanged !== undefined) {
      this.problems.push(exchanged);
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
      else if (parameter.rest) this.values[name] = arguments_.map((argument) => this.value(name, parameter, argument));
      else this.values[name] = this.value(name, parameter, arguments_[0]!);
      if (arguments_ !== undefined && parameter.with !== undefined && !given.has(parameter.with)) {
        this.missingCompanion(name, parameter.with, arguments_[0]!);
      }
    }
  }

  /** `groupBy({n: count()})`: the aggregates stand where the key should. */
  private isWithoutKey(): boolean {
    const [first, second] = this.call.arguments.filter(({ name }) => name === undefined);
    if (this.parameters.key?.accepts.kind !== 'key' || first?.value.kind !== 'object' || second !== undefined)
      return false;
    const { entries, place } = first.value;
    const isAggregate = (entry: (typeof entries)[number]) => {
      const call = entry.kind === 'entry' && entry.value.kind === 'call' ? entry.value : undefined;
      return call !== undefined && this.scope.aggregates.has(call.name);
    };
    if (entries.length === 0 || !entries.every(isAggregate)) return false;
    const written = printExpression(first.value);
    this.problem('needs-key', place, {
      message: `\`${this.call.name}\` needs what to group by before the aggregates`,
      label: 'aggregates, and no key before them',
      help: `over all records it is \`aggregate(${written})\`; by a field \`${this.call.name}(.service, ${written})\``,
    });
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
    const textOf = ({ value }: Argument) => (value.kind === 'stream' ? '…' : printExpression(value));
    const written = (argument: Argument) =>
      isNamed(argument) ? `${argument.name}: ${textOf(argument)}` : textOf(argument);
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
    if (argument.value.kind === 'stream') {
      this.problem('stream-argument', argument.value.place, {
        message: `\`${name}\` of \`${this.call.name}\` is no stream: ${parameter.docs}`,
        label: 'stages joined by `|`',
        help: `close the bracket of \`${this.call.name}\` before the \`|\`, or write \`||\` for "or"`,
      });
      return undefined;
    }
    const expression = argument.value;
    switch (accepts.kind) {
      case 'lambda': {
        const bound = bindFunction(
          expression,
          { takes: accepts.takes(this.input), placeholders: accepts.placeholders },
          this.scope.expressions,
        );
        this.problems.push(...bound.problems);
        this.results[name] = bound.compiled.result;
        return bound.compiled;
      }
      case 'key':
        return this.key(expression);
      case 'aggregates':
        return this.aggregates(expression);
      case 'pattern':
      case 'textOrPattern':
        if (expression.kind === 'regex') return this.regex(name, parameter, expression);
        if (accepts.kind === 'pattern') return this.mismatch(name, expression, 'a regular expression such as `/…/`');
        break;
      default:
    }
    return this.constant(name, parameter, expression);
  }

  private regex(
    name: string,
    parameter: Parameter<unknown>,
    expression: Extract<Expression, { kind: 'regex' }>,
  ): Pattern | undefined {
    try {
      const regex = new Pattern(expression.pattern, expression.flags.replaceAll('g', ''));
      this.check(name, parameter, regex, expression.place);
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

  private constant(name: string, parameter: Parameter<unknown>, expression: Expression): Value | undefined {
    const bound = bindConstant(expression, this.scope.expressions);
    this.problems.push(...bound.problems);
    if (bound.problems.length > 0) return undefined;
    const unit = expression.kind === 'literal' ? expression.unit : undefined;
    const expected = expectation(parameter, bound.value, unit);
    if (expected !== undefined) return this.mismatch(name, expression, expected);
    this.check(name, parameter, bound.value, expression.place);
    return bound.value;
  }

  private check(name: string, parameter: Parameter<unknown>, value: unknown, place: Place): void {
    const fault = parameter.check?.(value);
    if (fault === undefined) return;
    this.problem('wrong-argument', place, {
      message: `\`${name}\` of \`${this.call.name}\`: ${fault}`,
      label: 'cannot stand here',
      help: `\`${name}\` is ${parameter.docs}`,
    });
  }

  private key(expression: Expression): Key | undefined {
    const bound = bindFunction(expression, { takes: [this.input], placeholders: 1 }, this.scope.expressions);
    this.problems.push(...bound.problems);
    return { of: bound.compiled, ...columnsOf(expression, bound.compiled.result) };
  }

  private aggregates(expression: Expression): readonly NamedAggregate[] {
    if (expression.kind !== 'object') {
      this.problem('needs-aggregates', expression.place, {
        message: `\`${this.call.name}\` needs aggregates with their names in braces, found \`${printExpression(expression)}\``,
        label: 'no braces here',
        help: `for instance \`${this.call.name}(${'key' in this.parameters ? '.service, ' : ''}{n: count(), mean: avg(.ms)})\``,
      });
      return [];
    }
    const taken = new Set((this.values.key as Key | undefined)?.columns.map(({ name }) => name));
    return expression.entries.flatMap((entry) => {
      if (entry.kind === 'entry' && typeof entry.key === 'string') {
        if (taken.has(entry.key)) this.columnTwice(entry.key, entry.place);
        taken.add(entry.key);
        const bound = this.aggregate(entry.key, entry.value);
        return bound === undefined ? [] : [{ name: entry.key, ...bound }];
      }
      this.problem('needs-aggregates', entry.place, {
        message: 'each aggregate needs a plain name of its own',
        label: 'no plain name here',
        help: 'write `name: aggregate`, as in `{n: count()}`',
      });
      return [];
    });
  }

  /** Two columns of one name: one of them would be lost without a word. */
  private columnTwice(name: string, place: Place): void {
    this.problem('column-twice', place, {
      message: `\`${this.call.name}\` would give two columns named \`${name}\``,
      label: 'the name is taken',
      help: `choose another name: \`{${name}2: …}\``,
    });
  }

  private aggregate(name: string, expression: Expression): Omit<NamedAggregate, 'name'> | undefined {
    const call = asCall(expression);
    const definition = call && this.scope.aggregates.get(call.name);
    if (call === undefined || definition === undefined) {
      const names = [...this.scope.aggregates.keys()];
      const near = call && nearest(call.name, names);
      this.problem('unknown-aggregate', expression.place, {
        message:
          call === undefined
            ? `an aggregate was expected, found \`${printExpression(expression)}\``
            : `there is no aggregate \`${call.name}\``,
        label: near === undefined ? 'not an aggregate' : `did you mean \`${near}\`?`,
        help: this.hasAggregate(expression)
          ? `aggregates stand alone; what follows from them is worked out behind them: \`| map({..._, ${name}: …})\``
          : `the aggregates are ${names.map((word) => `\`${word}\``).join(', ')}`,
      });
      return undefined;
    }
    const bound = bindArguments(call, definition, this.input, this.scope);
    this.problems.push(...bound.problems);
    if (bound.problems.length > 0) return undefined;
    const { values, results } = bound;
    return {
      word: definition,
      arguments: values,
      aggregate: definition.create(values),
      type: definition.gives(values, results),
    };
  }

  /** Whether an expression works with the result of an aggregate: `sum(.bytes) / 1024`. */
  private hasAggregate(expression: Expression): boolean {
    const calls = printExpression(expression).matchAll(/(?<![.\w])(\w+)\(/g);
    return [...calls].some(([, called]) => this.scope.aggregates.has(called!));
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
      help: `write it as \`${signature(this.call.name, this.parameters)}\``,
    });
  }

  private problem(code: PlanProblemCode, place: Place, rest: Omit<PlanProblem, 'code' | 'place'>): void {
    this.problems.push(planProblem(code, place, rest));
  }
}

/** A name or a call, as a call: `count` reads as `count()`. */
export function asCall(expression: Expression): Call | undefined {
  if (expression.kind === 'call') return expression;
  if (expression.kind !== 'name') return undefined;
  const { name, place } = expression;
  return { kind: 'call', name, namePlace: place, arguments: [], bracketed: false, place };
}
