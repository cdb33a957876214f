import { nearest } from '../../../base/nearest.ts';
import type { Place, Problem } from '../../../base/problem.ts';
import type { AnalyticDefinition, ColumnWord } from '../../../flow/define/analytic.ts';
import type { BoundArguments, Column, ColumnValue } from '../../../flow/define/parameters.ts';
import type { Described } from '../../../flow/define/word.ts';
import { printExpression } from '../../text/printer.ts';
import { asCall } from '../../tree/as-call.ts';
import type { Argument, Call, Expression } from '../../tree/tree.ts';
import { withParts } from '../../tree/with-parts.ts';
import { bindFunction } from '../compiled/bind.ts';
import { ownedPlaceholders } from '../expression/placeholders.ts';
import { aggregateMeant } from '../foreign/foreign-word.ts';
import type { ArgumentScope, ArgumentsResult, Held } from './bound-arguments.ts';
import { type PlanProblem, type PlanProblemCode, planProblem } from './codes.ts';

/** Where the columns of a stage stand. */
interface ColumnSettings {
  /** The call of the stage. */
  readonly call: Call;
  /** Whether words may stand among them that look at other results. */
  readonly compares: boolean;
  /** Whether its groups have a key. */
  readonly isKeyed: boolean;
  /** The names of its other columns: those of the key, and its own. */
  readonly taken: readonly string[];
  readonly scope: ArgumentScope;
  /** Binds the arguments of a word among them; `column` binds those that are columns. */
  readonly bind: (call: Call, word: Described, column: NonNullable<ArgumentScope['column']>) => ArgumentsResult;
}

/** The columns of `{n: count(), rate: sum(.errors) / count()}`: aggregates, and expressions over them and over columns before. */
export function bindColumns(
  expression: Expression,
  settings: ColumnSettings,
): { readonly columns: readonly Column[]; readonly problems: readonly Problem[] } {
  const binder = new ColumnBinder(settings);
  binder.bind(expression);
  return binder;
}

/** The problem of a field of a record where there is no record. */
function ofOneRecord(place: Place): PlanProblem {
  return planProblem('needs-aggregate', place, {
    message: 'this is of one record, and a column is worked out of all records of a group',
    label: 'of which record?',
    help: 'put an aggregate around it, such as `sum(.bytes)`, `max(.ms)` or `first(.name)`',
  });
}

class ColumnBinder {
  readonly columns: Column[] = [];
  readonly problems: Problem[] = [];
  /** What has been bound, by its text: what is written twice is worked out once. */
  private readonly held = new Map<string, Held>();
  private readonly settings: ColumnSettings;

  constructor(settings: ColumnSettings) {
    this.settings = settings;
  }

  bind(expression: Expression): void {
    const { call } = this.settings;
    if (expression.kind !== 'object') {
      this.problem('needs-aggregates', expression.place, {
        message: `\`${call.name}\` needs aggregates with their names in braces, found \`${printExpression(expression)}\``,
        label: 'no braces here',
        help: `for instance \`${call.name}(${this.textBefore(expression)}{n: count(), mean: avg(.ms)})\``,
      });
      return;
    }
    const taken = new Set(this.settings.taken);
    for (const entry of expression.entries) {
      if (entry.kind !== 'entry' || typeof entry.key !== 'string') {
        this.problem('needs-aggregates', entry.place, {
          message: 'each aggregate needs a plain name of its own',
          label: 'no plain name here',
          help: 'write `name: aggregate`, as in `{n: count()}`',
        });
        continue;
      }
      if (taken.has(entry.key)) this.columnTwice(entry.key, entry.place);
      taken.add(entry.key);
      const held = this.column(entry.value);
      if (held !== undefined) this.columns.push({ name: entry.key, ...held });
    }
  }

  /** What stands in front of the braces: the fields that were written there, or else a key where one has to. */
  private textBefore(last: Expression): string {
    const { call, isKeyed } = this.settings;
    const isField = ({ kind }: Argument['value']) => kind === 'field' || kind === 'member';
    const given = call.arguments.filter(({ name }) => name === undefined).map(({ value }) => value);
    const fields = isField(last) ? given : given.slice(0, given.indexOf(last));
    if (fields.length === 0 || !fields.every(isField)) return isKeyed ? '.service, ' : '';
    return fields.map((value) => `${printExpression(value as Expression)}, `).join('');
  }

  /** Two columns of one name: one of them would be lost without a word. */
  private columnTwice(name: string, place: Place): void {
    this.problem('column-twice', place, {
      message: `\`${this.settings.call.name}\` would give two columns named \`${name}\``,
      label: 'the name is taken',
      help: `choose another name: \`{${name}2: …}\``,
    });
  }

  /** Undefined after a problem. */
  private column(expression: Expression): Held | undefined {
    const before = this.problems.length;
    const found = new Map<string, Held>();
    // Alone, the name of an aggregate is no function.
    const isAlone = expression.kind === 'name' && !this.columns.some(({ name }) => name === expression.name);
    const written = isAlone ? { ...asCall(expression)!, bracketed: true } : expression;
    const body = this.replaced(written, found, new Set());
    if (this.problems.length > before) return undefined;
    if (found.size === 0) {
      this.noAggregate(expression);
      return undefined;
    }
    const itself = body.kind === 'name' ? found.get(body.name) : undefined;
    return itself ?? this.function(body, found);
  }

  /** What is worked out of others: `found`, by the names that stand for them in `body`. */
  private function(body: Expression, found: ReadonlyMap<string, Held>): Held | undefined {
    const { place } = body;
    const parameters = [...found.keys()].map((name) => ({ name, place }));
    const takes = [...found.values()].map(({ type }) => type);
    const expected = { takes, placeholders: takes.length };
    const bound = bindFunction({ kind: 'lambda', parameters, body, place }, expected, this.settings.scope.expressions);
    this.problems.push(...bound.problems.map((problem) => this.ofColumn(problem)));
    if (bound.problems.length > 0) return undefined;
    const of = [...found.values()].map(({ value }) => value);
    return { value: { kind: 'function', f: bound.compiled, of }, type: bound.compiled.result };
  }

  /** A problem of an expression where there is no record, and what has a name is a column. */
  private ofColumn(problem: Problem): Problem {
    if (problem.code === 'unknown-name') {
      const columns = this.columns.map(({ name }) => `\`${name}\``).join(', ');
      const before = columns === '' ? 'there is no column before it' : `the columns before it are ${columns}`;
      return { ...problem, help: `${before}; a field stands in an aggregate, such as \`sum(.bytes)\`` };
    }
    return problem.code === 'placeholder-place' ? ofOneRecord(problem.place) : problem;
  }

  /**
   * The expression with a name in place of each aggregate and of each column before it; what these stand for is put into `found`. The name is the
   * text of the aggregate, so that whatever is said of it shows what was written.
   *
   * @param own names of parameters of lambdas around it, which go first.
   */
  private replaced(expression: Expression, found: Map<string, Held>, own: ReadonlySet<string>): Expression {
    if (expression.kind === 'lambda') {
      const names = new Set([...own, ...expression.parameters.map(({ name }) => name)]);
      return withParts(expression, (part) => this.replaced(part, found, names));
    }
    const held = this.heldBy(expression, own);
    if (held === 'wrong') return expression;
    if (held === undefined) return withParts(expression, (part) => this.replaced(part, found, own));
    const name = printExpression(expression);
    found.set(name, held);
    return { kind: 'name', name, place: expression.place };
  }

  /** What an aggregate or the name of a column stands for, `wrong` where that has a problem; undefined for any other expression. */
  private heldBy(expression: Expression, own: ReadonlySet<string>): Held | 'wrong' | undefined {
    if (expression.kind === 'name') {
      if (own.has(expression.name)) return undefined;
      const column = this.columns.find(({ name }) => name === expression.name);
      if (column !== undefined) return column;
    }
    const call = asCall(expression);
    const definition = call && this.settings.scope.aggregates.get(call.name);
    if (call === undefined || !this.isAggregate(call, definition)) {
      if (expression.kind === 'call') this.checkName(expression);
      return undefined;
    }
    const text = printExpression({ ...call, bracketed: true });
    const held = this.held.get(text) ?? this.aggregate(call, definition);
    if (held !== 'wrong') this.held.set(text, held);
    return held;
  }

  /**
   * Whether a call is that of an aggregate, where functions have the same names: `max(.a)` is one, `max(sum(.a), sum(.b))` has more arguments
   * than the aggregate takes and is the function.
   */
  private isAggregate(
    { name, arguments: given, bracketed }: Call,
    definition: ColumnWord | undefined,
  ): definition is ColumnWord {
    if (definition === undefined) return false;
    const positional = Object.values(definition.parameters).filter(({ named }) => !named);
    if (!bracketed && positional.some(({ required }) => required)) return false;
    const { expressions } = this.settings.scope;
    return given.length <= positional.length || !(expressions.functions.has(name) || expressions.imports.has(name));
  }

  private aggregate(call: Call, definition: ColumnWord): Held | 'wrong' {
    const before = this.problems.length;
    if (definition.kind === 'analytic' && !this.settings.compares) this.analyticPlace(call);
    const bound = this.settings.bind(call, definition, (expression) => this.column(expression));
    this.problems.push(...bound.problems);
    if (this.problems.length > before) return 'wrong';
    const { values, results } = bound;
    if (definition.kind === 'analytic') return this.analytic(definition, values, results, call.place);
    const aggregate = definition.create(values);
    return {
      value: { kind: 'aggregate', word: definition, arguments: values, aggregate, text: printExpression(call) },
      type: definition.gives(values, results),
    };
  }

  private analytic(
    definition: AnalyticDefinition,
    values: BoundArguments,
    results: ArgumentsResult['results'],
    place: Place,
  ): Held | 'wrong' {
    const given = values.value as ColumnValue | undefined;
    const fallback = definition.fallback ?? '';
    const held = given === undefined ? this.column({ kind: 'name', name: fallback, place }) : { value: given };
    if (held === undefined) return 'wrong';
    const value: ColumnValue = {
      kind: 'analytic',
      word: definition,
      arguments: values,
      value: held.value,
      among: definition.among,
      back: definition.back?.(values),
      create: (run) => definition.create(values, run),
    };
    return { value, type: definition.gives(values, results) };
  }

  /** Of what comes out by itself there is nothing else to look at. */
  private analyticPlace({ name, place }: Call): void {
    const { call } = this.settings;
    this.problem('analytic-place', place, {
      message: `\`${name}\` looks at other results of the batch or of batches before, and what \`${call.name}\` gives comes out by itself`,
      label: `not in \`${call.name}\``,
      help: `it may stand in \`groupBy\` and \`aggregate\`, for instance over a window: \`window(1m, on: .time) | groupBy(…)\``,
    });
  }

  /** A call of something that there is not: neither an aggregate nor a function. */
  private checkName(call: Call): void {
    const { name, place } = call;
    const { expressions, aggregates } = this.settings.scope;
    const { functions, imports, methods } = expressions;
    if (functions.has(name) || imports.has(name) || methods.has(name)) return;
    const meant = aggregateMeant(call, aggregates);
    const near = meant === undefined ? nearest(name, [...aggregates.names, ...functions.keys()]) : undefined;
    this.unknown(place, `there is no aggregate \`${name}\``, near, meant);
  }

  private noAggregate(expression: Expression): void {
    const { expressions } = this.settings.scope;
    const [field] = ownedPlaceholders(expression, expressions);
    if (field === undefined) {
      this.unknown(expression.place, `an aggregate was expected, found \`${printExpression(expression)}\``);
    } else {
      this.problems.push(ofOneRecord(field.place));
    }
  }

  private unknown(place: Place, message: string, near?: string, meant?: string): void {
    const names = this.settings.scope.aggregates.names.map((word) => `\`${word}\``);
    this.problem('unknown-aggregate', place, {
      message,
      label: near === undefined ? 'not an aggregate' : `did you mean \`${near}\`?`,
      help: meant ?? `the aggregates are ${names.join(', ')}`,
    });
  }

  private problem(code: PlanProblemCode, place: Place, rest: Omit<PlanProblem, 'code' | 'place'>): void {
    this.problems.push(planProblem(code, place, rest));
  }
}
