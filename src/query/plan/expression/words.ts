import { printExpression } from '../../text/printer.ts';
import type { Expression } from '../../tree/tree.ts';

/** Longer texts are cut, so that a reason stays one line. */
const LONGEST = 40;

/**
 * What an expression is called in the reason of a bad record: a field by its name in quotes, `"ms"` or `"request.ms"`; a parameter by its
 * name; anything else by its text.
 */
export function called(expression: Expression): string {
  const path = fieldPath(expression);
  if (path !== undefined) return `"${path}"`;
  const text = printExpression(expression);
  return cut(text);
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

/** `request.ms` for `.request.ms`, `_.request.ms` and `r.request.ms`. */
function fieldPath(expression: Expression): string | undefined {
  if (expression.kind === 'field') return expression.name;
  if (expression.kind !== 'member') return undefined;
  const { object, name } = expression;
  if (object.kind === 'placeholder' || object.kind === 'name') return name;
  const before = fieldPath(object);
  return before === undefined ? undefined : `${before}.${name}`;
}
