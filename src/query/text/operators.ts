import type { BinaryOperator, LogicalOperator } from '../tree/tree.ts';

/** An operator between two values. A higher power binds more strongly. */
interface Infix {
  readonly operator: BinaryOperator | LogicalOperator;
  readonly power: number;
  /** `a ** b ** c` is `a ** (b ** c)`; all others go from the left. */
  readonly isRight: boolean;
}

/** Operators by their power, the weakest first: the order of ECMA-262, 13.5 to 13.14. */
const LEVELS: readonly (readonly (BinaryOperator | LogicalOperator)[])[] = [
  [],
  ['||', '??'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
  ['**'],
];

const POWERS = new Map(LEVELS.flatMap((operators, power) => operators.map((operator) => [operator, power] as const)));

/** The power of `-x`: a lambda or a choice has 0, an operator between its level and this, anything that needs no brackets one more. */
export const POWER_OF_UNARY = LEVELS.length;
export const POWER_OF_ATOM = LEVELS.length + 1;

export function powerOf(operator: BinaryOperator | LogicalOperator): number {
  return POWERS.get(operator)!;
}

/** How operators are spelt, those of JavaScript's strict comparison too, which is the only one there is. */
export const INFIX: ReadonlyMap<string, Infix> = new Map<string, Infix>(
  [...POWERS.keys(), '===' as const, '!==' as const].map((text) => {
    const operator = text === '===' ? '==' : text === '!==' ? '!=' : text;
    return [text, { operator, power: powerOf(operator), isRight: operator === '**' }];
  }),
);

export function isRelational(operator: string): boolean {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
}
