import { BadRecord, type Problem } from '../../../src/base/problem.ts';
import { type Type, UNKNOWN } from '../../../src/base/type.ts';
import type { Value } from '../../../src/base/value.ts';
import { functions } from '../../../src/flow/catalog.ts';
import { opaque } from '../../../src/flow/define/compiled.ts';
import { type BoundFunction, bindConstant, bindFunction } from '../../../src/query/plan/compiled/bind.ts';
import { createScope, type ImportedFunction } from '../../../src/query/plan/expression/scope.ts';
import { parseProgram } from '../../../src/query/text/parser.ts';
import type { Expression } from '../../../src/query/tree/tree.ts';

/** The batch's time in these tests, ms. */
export const BATCH_TIME = 1_700_000_000_000;

export function scopeWith(imports: { readonly [name: string]: ImportedFunction } = {}) {
  return createScope({ functions, imports: new Map(Object.entries(imports)), now: () => BATCH_TIME });
}

const SCOPE = scopeWith();

/** The tree of an expression, as the argument of a stage; or the problems of its text. */
export function parse(text: string): Expression | readonly Problem[] {
  const { program, problems } = parseProgram(`map(${text})`);
  if (problems.length > 0) return problems;
  const [argument] = program.streams[0]!.stages[0]!.arguments;
  if (argument === undefined || argument.value.kind === 'stream') throw new Error(`no expression: ${text}`);
  return argument.value;
}

function isProblems(parsed: Expression | readonly Problem[]): parsed is readonly Problem[] {
  return Array.isArray(parsed);
}

/** Binds an expression as the function of a stage that is given values of these types. */
export function bind(text: string, takes: readonly Type[] = [UNKNOWN], scope = SCOPE): BoundFunction {
  const parsed = parse(text);
  if (isProblems(parsed)) return { compiled: opaque(() => null), problems: parsed };
  return bindFunction(parsed, { takes, placeholders: takes.length }, scope);
}

/** The problems of an expression, as `code: message`. */
export function problemsOf(text: string, takes?: readonly Type[]): string[] {
  return bind(text, takes).problems.map(({ code, message }) => `${code}: ${message}`);
}

/** What the function gives for values; a bad record is its reason after `bad: `. */
export function apply(text: string, ...values: Value[]): Value {
  const bound = bind(
    text,
    values.map(() => UNKNOWN),
  );
  if (bound.problems.length > 0) throw new Error(bound.problems.map(({ message }) => message).join('; '));
  return outcome(() => bound.compiled.call(...values));
}

/** The value of an expression without parameters. */
export function evaluate(text: string, scope = SCOPE): Value {
  const parsed = parse(text);
  if (isProblems(parsed)) throw new Error(parsed.map(({ message }) => message).join('; '));
  const bound = bindConstant(parsed, scope);
  if (bound.problems.length > 0) throw new Error(bound.problems.map(({ message }) => message).join('; '));
  return bound.value;
}

export function outcome(run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    if (error instanceof BadRecord) return `bad: ${error.reason}`;
    throw error;
  }
}
