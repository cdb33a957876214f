import { toJson } from '../../../base/json.ts';
import type { Value } from '../../../base/value.ts';
import { Comparison, type Side } from '../../../flow/records/comparison.ts';
import type { Node } from './node.ts';
import { isComparison } from './operators.ts';
import { fieldName } from './parts.ts';
import type { Scope } from './scope.ts';

/** What watches a comparison of the program for values of two types; undefined where nothing of a record is compared. */
export function comparisonAt(
  node: Extract<Node, { kind: 'binary' }>,
  { comparisons }: Pick<Scope, 'comparisons'>,
): Comparison | undefined {
  const { operator, left, right } = node;
  if (!isComparison(operator)) return undefined;
  const constants = [left, right].flatMap((side) => (side.kind === 'constant' ? [side.value] : []));
  // What is null, or the same for all records, decides as it was written.
  if (constants.length === 2 || constants[0] === null) return undefined;
  if ((operator === '==' || operator === '!=') && !isAmiss(constants[0])) return undefined;
  return comparisons.of(node, () => new Comparison(operator, [sideOf(left), sideOf(right)]));
}

/** Whether something equal to this, which is spelt otherwise, may be meant: a number or a boolean. A number equals the text that it is spelt like. */
function isAmiss(constant: Value | undefined): boolean {
  if (constant === undefined) return false;
  return typeof constant !== 'string' ? typeof constant !== 'object' : constant === 'true' || constant === 'false';
}

function sideOf(node: Node): Side {
  return node.kind === 'constant' ? { text: toJson(node.value), constant: node.value } : { text: textOf(node) };
}

/** An operand as it is written: `.a.b` for a field of the record. */
function textOf(node: Node): string {
  const name = fieldName(node);
  if (name === undefined || (node.kind !== 'member' && node.kind !== 'index')) return node.called;
  const object = textOf(node.object);
  return `${object === '_' ? '' : object}.${name}`;
}
