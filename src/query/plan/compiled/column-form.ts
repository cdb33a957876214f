import { RECORD } from '../../../base/field-path.ts';
import type { ColumnForm, ComparisonOperator } from '../../../flow/define/column-form.ts';
import type { Lambda } from '../../../flow/define/compiled.ts';
import { comparisonAt } from '../expression/comparisons.ts';
import { compileLambda, type Surroundings } from '../expression/compile.ts';
import type { ArgumentNode, FunctionNode, Node } from '../expression/node.ts';
import { partsOf } from '../expression/parts.ts';
import { fieldsOf, pathIn, presenceIn } from './fields-read.ts';

/** What a function does, as far as that can be done to many records at once. @param f the function itself. */
export function columnFormOf(f: Lambda, node: FunctionNode, surroundings: Surroundings): ColumnForm {
  return node.slots.length === 1 ? { ...shapeOf(node, surroundings), f } : { kind: 'record', f };
}

type Shape = ColumnForm extends infer Form ? (Form extends ColumnForm ? Omit<Form, 'f'> : never) : never;

function formOf(node: FunctionNode, surroundings: Surroundings): ColumnForm {
  return { ...shapeOf(node, surroundings), f: compileLambda(node, surroundings) };
}

function shapeOf(node: FunctionNode, surroundings: Surroundings): Shape {
  const { slots, body } = node;
  const own = pathIn(body, slots[0]);
  if (own !== undefined) return { kind: 'field', name: own };
  const part = (inner: Node) => formOf({ ...node, body: inner }, surroundings);
  if (body.kind === 'binary') {
    const compared = comparisonOf(body, slots, surroundings);
    if (compared !== undefined) return compared;
  }
  const present = presenceIn(body, slots[0]);
  if (present !== undefined) return { kind: 'presence', name: present.path, isThere: present.isThere };
  const fields = fieldsOf(node);
  if (fields !== 'all' && !fields.has(RECORD) && fields.size === 1 && isSteady(body))
    return { kind: 'ofField', name: [...fields][0]! };
  if (body.kind === 'logical' && (body.operator === '&&' || body.operator === '||')) {
    return { kind: body.operator === '&&' ? 'every' : 'some', parts: [part(body.left), part(body.right)] };
  }
  if (body.kind === 'unary' && body.operator === '!') return { kind: 'not', part: part(body.operand) };
  return { kind: 'record' };
}

/** The operators that compare, as they are with their sides exchanged. */
const EXCHANGED: { readonly [operator in ComparisonOperator]: ComparisonOperator } = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};

function comparisonOf(
  node: Extract<Node, { kind: 'binary' }>,
  slots: readonly number[],
  surroundings: Surroundings,
): Shape | undefined {
  if (!Object.hasOwn(EXCHANGED, node.operator)) return undefined;
  const operator = node.operator as ComparisonOperator;
  const [left, right] = [pathIn(node.left, slots[0]), pathIn(node.right, slots[0])];
  const name = left ?? right;
  const other = left === undefined ? node.left : node.right;
  if (name === undefined || other.kind !== 'constant' || typeof other.value !== 'number') return undefined;
  return {
    kind: 'comparison',
    name,
    operator: left === undefined ? EXCHANGED[operator] : operator,
    number: other.value,
    met: comparisonAt(node, surroundings),
    isFieldLeft: left !== undefined,
  };
}

/** Whether it gives the same for the same record whenever it is asked, and does nothing else. */
function isSteady(node: ArgumentNode): boolean {
  if (node.kind === 'function') return isSteady(node.body);
  if (node.kind === 'imported' || (node.kind === 'call' && node.definition.needsTime)) return false;
  return partsOf(node).every(isSteady);
}
