import type { Value } from '../../base/value.ts';
import type { AggregateCall, Column, ColumnValue } from '../define/parameters.ts';

/** The aggregates that columns are worked out of, each once, in the order of the columns. */
export function aggregatesOf(columns: readonly Pick<Column, 'value'>[]): readonly AggregateCall[] {
  return heldBy(columns).filter((held) => held.kind === 'aggregate');
}

/** All that columns hold and what that is worked out of, each once, behind what it needs. */
function heldBy(columns: readonly Pick<Column, 'value'>[]): readonly ColumnValue[] {
  const all = new Set<ColumnValue>();
  const visit = (held: ColumnValue) => {
    if (all.has(held)) return;
    if (held.kind === 'function') held.of.forEach(visit);
    all.add(held);
  };
  for (const { value } of columns) visit(value);
  return [...all];
}

/**
 * What columns hold, in their order, made of the results of their aggregates in the order of {@link aggregatesOf}. A function of the
 * program may throw BadRecord.
 */
export function workingOut(columns: readonly Pick<Column, 'value'>[]): (results: readonly Value[]) => readonly Value[] {
  const held = heldBy(columns);
  const aggregates = held.filter(({ kind }) => kind === 'aggregate');
  const others = held.filter((other) => other.kind === 'function');
  const places = new Map([...aggregates, ...others].map((each, place) => [each, place]));
  const steps = others.map(({ f, of }) => ({ call: f.call, of: of.map((each) => places.get(each)!) }));
  const columnsAt = columns.map(({ value }) => places.get(value)!);
  if (steps.length === 0 && columnsAt.every((place, i) => place === i)) return (results) => results;
  return (results) => {
    const values = [...results];
    for (const { call, of } of steps) values.push(call(...of.map((place) => values[place]!)));
    return columnsAt.map((place) => values[place]!);
  };
}

/** Whether functions over the aggregates may give something else though these give the same: they ask for the time of the batch. */
export function asksTime(columns: readonly Pick<Column, 'value'>[]): boolean {
  return heldBy(columns).some((held) => held.kind === 'function' && callsNow(held.f.tree));
}

function callsNow(tree: Value): boolean {
  if (!Array.isArray(tree)) return false;
  return (tree[0] === 'call' && tree[1] === 'now') || tree[0] === 'imported' || tree.some(callsNow);
}
