import type { Call, Expression } from './tree.ts';

/** A name or a call, as a call: `count` reads as `count()`. */
export function asCall(expression: Expression): Call | undefined {
  if (expression.kind === 'call') return expression;
  if (expression.kind !== 'name') return undefined;
  const { name, place } = expression;
  return { kind: 'call', name, namePlace: place, arguments: [], bracketed: false, place };
}

const IMPLICIT_PLACE = { start: 0, end: 0 };

/** What was not written and stands there all the same: `stdin`, `print`. */
export function implicitCall(name: string): Call {
  return { kind: 'call', name, namePlace: IMPLICIT_PLACE, arguments: [], bracketed: false, place: IMPLICIT_PLACE };
}
