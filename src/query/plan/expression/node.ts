import type { Type } from '../../../base/type.ts';
import type { Value } from '../../../base/value.ts';
import type { FunctionDefinition } from '../../../flow/define/function.ts';
import type { Pattern } from '../../../flow/pattern/pattern.ts';
import type { BinaryOperator, LogicalOperator, UnaryOperator } from '../../tree/tree.ts';
import type { ImportedFunction, Variants } from './scope.ts';

interface Resolved {
  /** What is known of its values ahead of the run. */
  readonly type: Type;
  /** What it is called in the reasons of bad records: `"ms"` for `.ms`, else its text. */
  readonly called: string;
}

/**
 * An expression whose names have been found and whose placeholders have become parameters. Plain data, ready to be compiled.
 *
 * Each parameter of a lambda has a slot of its own within the outermost lambda. Nothing in the language calls itself, so a slot is
 * never needed twice at a time.
 */
export type Node = Resolved &
  (
    | { readonly kind: 'constant'; readonly value: Value }
    | { readonly kind: 'variable'; readonly slot: number }
    | { readonly kind: 'template'; readonly texts: readonly string[]; readonly parts: readonly Node[] }
    | { readonly kind: 'list'; readonly items: readonly { readonly node: Node; readonly spread: boolean }[] }
    | { readonly kind: 'object'; readonly entries: readonly ObjectEntry[] }
    | { readonly kind: 'member'; readonly object: Node; readonly name: string }
    | { readonly kind: 'index'; readonly object: Node; readonly index: Node }
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Node }
    | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
    | { readonly kind: 'logical'; readonly operator: LogicalOperator; readonly left: Node; readonly right: Node }
    | { readonly kind: 'conditional'; readonly condition: Node; readonly yes: Node; readonly no: Node }
    | { readonly kind: 'call'; readonly definition: FunctionDefinition; readonly arguments: readonly ArgumentNode[] }
    | {
        readonly kind: 'method';
        readonly name: string;
        readonly object: Node;
        readonly variants: Variants;
        readonly arguments: readonly ArgumentNode[];
      }
    | {
        readonly kind: 'imported';
        readonly name: string;
        readonly function: ImportedFunction;
        readonly arguments: readonly Node[];
      }
  );

/** `spread` has no key, a `[computed]` key is a node. */
export type ObjectEntry =
  | { readonly kind: 'entry'; readonly key: string | Node; readonly value: Node }
  | { readonly kind: 'spread'; readonly value: Node };

/** Functions and regular expressions are no values: they stand as arguments only. */
export type ArgumentNode = Node | FunctionNode | PatternNode;

/** A lambda; it writes what it is given into its slots. */
export interface FunctionNode {
  readonly kind: 'function';
  readonly slots: readonly number[];
  readonly body: Node;
}

interface PatternNode {
  readonly kind: 'pattern';
  readonly regex: Pattern;
}
