import type { Call, Expression } from './tree.ts';

/** A name or a call, as a call: `count` reads as `count()`. */
export function asCall(expression: Expression): Call | undefined {
  if (expression.kind === 'call') return expression;
  if (expression.kind !== 'name') return undefined;
  const { name, place } = expression;
  return { kind: 'call', name, namePlace: place, arguments: [], bracketed: false, place };
}
