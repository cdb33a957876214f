import {
  headOf,
  itemOf,
  objectsOn,
  outermost,
  pathIn,
  RECORD,
  whatIs,
  whole,
  withHead,
} from '../../../base/field-path.ts';
import type { Compiled, FieldSet } from '../../../flow/define/compiled.ts';
import type { FieldNames, LookedAt } from '../../../flow/define/faster.ts';
import type { FieldPath, Key, MadeFields, NamedPath } from '../../../flow/define/named-fields.ts';
import type { AggregateCall, BoundArguments, Column, Parameters } from '../../../flow/define/parameters.ts';
import type { StageDefinition } from '../../../flow/define/stage.ts';
import type { WindowSpec } from '../../../flow/define/window-spec.ts';
import { aggregatesOf } from '../../../flow/groups/worked-out.ts';
import { unionOf } from '../compiled/fields-read.ts';
import { inputsOf, type Node, type Plan, type StageNode } from '../plan.ts';

/** The parsers of a plan of whose records only some fields are ever looked at, or at first. */
export type UsedFields = ReadonlyMap<StageNode, LookedAt>;

/**
 * Finds, for each stage that can read single fields, which of them anything behind it can see.
 *
 *     json | filter(.status >= 500) | countBy(.path)      status, path
 *     json | filter(.status >= 500)                       status, by filters: print shows whole records
 *     json | print                                        none is worth reading by itself
 */
export function usedFields(plan: Plan): UsedFields {
  const { nodes, consumers } = plan;
  /** What the consumers of a node can see of its records. */
  const seen = new Map<Node, FieldSet>();
  for (const node of nodes.toReversed()) {
    const behind = consumers.get(node)!.map((consumer) => seenBy(consumer, seen.get(consumer) ?? 'all'));
    seen.set(node, behind.length === 0 ? 'all' : unionOf(behind));
  }
  const used = new Map<StageNode, LookedAt>();
  for (const [node, fields] of seen) {
    if (node.kind !== 'stage' || !readsFields(node.definition) || !isOnlyOne(node, consumers)) continue;
    const names = slotsFor(fields, node);
    if (names !== undefined) used.set(node, { names, byFilters: false });
    else {
      const first = slotsFor(seenByFilters(node, consumers), node) ?? [];
      if (first.length > 0) used.set(node, { names: first, byFilters: true });
    }
  }
  return used;
}

/**
 * What a stage has to read for those who look at these fields: what it reads no parts of, as a whole. Its records are objects or lists, and never null.
 *
 * @returns undefined where that has to be all.
 */
function slotsFor(fields: FieldSet, { definition: { faster } }: StageNode): readonly string[] | undefined {
  if (fields === 'all') return undefined;
  const paths = [...fields].filter((path) => path !== RECORD);
  const items = paths.filter((path) => itemOf(path) !== undefined);
  if (items.length > 0 && items.length < paths.length) return undefined;
  if ((faster?.readsParts === 'items') !== items.length > 0) return undefined;
  if (items.length > 0) return [...new Set(items.map(whole))];
  if (faster?.readsParts !== 'inner') return [...new Set(paths.map((path) => headOf(path)!))];
  const own = outermost(paths);
  return [...new Set([...own, ...own.flatMap(objectsOn)])];
}

/** What is looked at by the filters that stand directly behind a node, one behind the other. */
function seenByFilters(node: Node, consumers: ReadonlyMap<Node, readonly Node[]>): FieldSet {
  const own: FieldSet[] = [];
  for (let last = node; ; ) {
    const [next, ...others] = consumers.get(last) ?? [];
    if (next?.kind !== 'stage' || others.length > 0) break;
    const { faster, parameters } = next.definition;
    if (faster?.uses !== 'passed' || faster.rows === undefined) break;
    const seen = ofArguments(parameters, next.arguments);
    if (seen === 'all') break;
    own.push(seen);
    last = next;
  }
  return unionOf(own);
}

/** Whether a stage can read single fields of lines that are still bytes. */
function readsFields({ faster }: StageDefinition): boolean {
  return faster?.fields !== undefined;
}

/**
 * Whether nothing else is fed by what a node is fed by, back to its source. Lines that several streams take are given to them one by one,
 * so that what they report and write comes in the order of the lines.
 */
function isOnlyOne(node: Node, consumers: ReadonlyMap<Node, readonly Node[]>): boolean {
  return inputsOf(node).every((input) => consumers.get(input)?.length === 1 && isOnlyOne(input, consumers));
}

/** What a node can see of the records that it is given. `behind` is what can be seen of those it gives out. */
function seenBy(node: Node, behind: FieldSet): FieldSet {
  if (node.kind !== 'stage') return 'all';
  const { faster, parameters } = node.definition;
  const uses = faster?.uses;
  if (uses === undefined || faster?.writesWhole?.(node.arguments) === true) return 'all';
  if (typeof uses === 'object' && 'given' in uses) return seenWithin(uses.given(node.arguments), behind);
  const own = [ofArguments(parameters, node.arguments)];
  if (node.window !== undefined) own.push(ofWindow(node.window.spec));
  if (uses === 'passed') own.push(behind);
  if (typeof uses === 'object') {
    own.push(namesBefore(uses, node, behind), new Set(uses.besides?.(node.arguments)));
  }
  return unionOf(own);
}

/** What is asked of records of which what a function gives is asked for some fields. */
function seenWithin({ column, reads }: Compiled, behind: FieldSet): FieldSet {
  if (column.kind !== 'field' || behind === 'all') return reads;
  const inner = [...behind].map((path) => pathIn(column.name, path));
  return inner.every((path) => path !== undefined) ? new Set([whatIs(column.name), ...inner]) : reads;
}

/** What is asked of the records that a stage is given, where some fields are asked of those that it makes of them. */
export function namesBefore(uses: FieldNames<BoundArguments>, node: StageNode, behind: FieldSet): FieldSet {
  if (behind === 'all' || [...behind].some((path) => itemOf(path) !== undefined)) return 'all';
  const asked = [...behind].flatMap((path) => {
    const name = headOf(path);
    const before = name === undefined ? undefined : uses.before(name, node.arguments);
    return before === undefined ? [] : [withHead(path, before)];
  });
  return new Set(asked);
}

/** What is seen by the functions among the arguments of a word. Where one is left out, the record stands in its place. */
function ofArguments(parameters: Parameters, values: BoundArguments): FieldSet {
  return unionOf(setsOfArguments(parameters, values));
}

/** The same, function by function. */
export function setsOfArguments(parameters: Parameters, values: BoundArguments): readonly FieldSet[] {
  return Object.entries(parameters).flatMap(([name, { accepts, rest }]): readonly FieldSet[] => {
    const value = values[name];
    switch (accepts.kind) {
      case 'lambda':
        if (value === undefined) return ['all'];
        return rest ? (value as readonly Compiled[]).map(({ reads }) => reads) : [(value as Compiled).reads];
      case 'key':
        return [(value as Key).of.reads];
      case 'path': {
        const paths = rest ? (value as readonly FieldPath[]) : [value as FieldPath];
        return paths.map(({ of }) => of.reads);
      }
      case 'fields':
        return [(value as MadeFields).of.reads];
      case 'namedPaths':
        return (value as readonly NamedPath[]).map(({ path }) => path.of.reads);
      case 'aggregates':
        return aggregatesOf(value as readonly Column[]).map(ofAggregate);
      case 'stream':
        return ['all'];
      default:
        return [];
    }
  });
}

/** An aggregate whose function is left out looks at no record (`count()`). */
function ofAggregate({ word, arguments: given }: AggregateCall): FieldSet {
  const parameters = Object.entries(word.parameters).filter(([name]) => given[name] !== undefined);
  return ofArguments(Object.fromEntries(parameters), given);
}

/** What a window looks at of the records that it is given. */
export function setsOfWindow(spec: WindowSpec): readonly FieldSet[] {
  return spec.kind === 'event' ? [spec.on.reads] : [];
}

/** A window's filter is given what comes out of it, which is seen there. */
function ofWindow(spec: WindowSpec): FieldSet {
  if (spec.kind !== 'event') return spec.kind === 'running' || spec.filter === undefined ? unionOf([]) : 'all';
  // Records that come too late are written as they are.
  if (spec.lateTo !== undefined || spec.filter !== undefined) return 'all';
  return spec.on.reads;
}
