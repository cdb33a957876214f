import { hasField } from '../../base/fields.ts';
import { toJson, toText } from '../../base/json.ts';
import { field, isPair, type Value } from '../../base/value.ts';
import type { Key } from '../../flow/define/named-fields.ts';
import type { Node, Plan, SinkNode } from '../../query/plan/plan.ts';

/** How the records of a view are told apart from one batch to the next. */
export interface RowKeys {
  /** The fields that are the key of an object; none where no grouping says so. */
  readonly columns: readonly string[];
  /** Whether pairs are keys and values: they are results, and not what came in. */
  readonly hasPairs: boolean;
}

/** @param isAggregated whether the records amount to something, so that the next ones take their places. */
export function rowKeysOf(node: Node, isAggregated: boolean): RowKeys {
  return { columns: isAggregated ? (keyColumns(node) ?? []) : [], hasPairs: isAggregated };
}

/** The columns of the nearest grouping by a key. Whether records have them still, they say themselves. */
function keyColumns(node: Node): readonly string[] | undefined {
  if (node.kind === 'stage') {
    for (const [name, { accepts }] of Object.entries(node.definition.parameters)) {
      const key = node.arguments[name] as Key | undefined;
      if (accepts.kind === 'key' && key !== undefined) return key.columns.map((column) => column.name);
    }
  }
  if (node.kind === 'source') return undefined;
  return node.kind === 'streams' ? keyColumns(node.left) : keyColumns(node.input);
}

/** One text for each record by which it is known, or undefined where that is not so for all of them, or two are known by one. */
export function keysOf(records: readonly Value[], { columns, hasPairs }: RowKeys): readonly string[] | undefined {
  if (records.length === 0) return [];
  const keys =
    hasPairs && records.every(isPair) ? records.map((pair) => keyText(pair[0])) : byColumns(records, columns);
  return keys !== undefined && new Set(keys).size === keys.length ? keys : undefined;
}

function byColumns(records: readonly Value[], columns: readonly string[]): readonly string[] | undefined {
  const [first] = columns;
  if (first === undefined) return undefined;
  const keys: string[] = [];
  for (const record of records) {
    if (!columns.every((name) => hasField(record, name))) return undefined;
    keys.push(
      columns.length === 1 ? keyText(field(record, first)) : keyOfParts(columns.map((name) => textOf(record, name))),
    );
  }
  return keys;
}

function textOf(record: Value, name: string): string {
  return toText(field(record, name));
}

/** A key that is a list is known by its parts, as several columns are. */
function keyText(key: Value): string {
  return Array.isArray(key) ? keyOfParts((key as readonly Value[]).map(toText)) : toText(key);
}

/** What a key of several parts is known by; of one, the part itself. */
export function keyOfParts(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : toJson(parts);
}

/** The name of a view that the program does not name: that of its stream, else of its key, else `result`. */
export function nameOf({ lets }: Pick<Plan, 'lets'>, { input }: SinkNode): string {
  let node: Node = input;
  while (node.kind === 'sink') node = node.input;
  // A node may be another one than was bound, in its place of the text.
  const isIt = (other: Node | undefined) =>
    other === node ||
    (other?.call.place.start === node.call.place.start && other.call.place.end === node.call.place.end);
  for (const [name, { node: stream }] of lets) if (isIt(stream)) return name;
  const columns = keyColumns(node) ?? [];
  const name = columns.join('-').replace(/[^\p{L}\p{N}_-]/gu, '_');
  return name === '' || name === 'key' || name.length > 64 ? 'result' : name;
}
