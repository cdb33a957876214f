import type { Value } from '../../base/value.ts';
import type { Lambda } from '../define/compiled.ts';
import type { AggregateCall, AnalyticCall, Column, ColumnValue } from '../define/parameters.ts';

type Held = readonly Pick<Column, 'value'>[];

/** All that columns hold and what that is worked out of, each once, behind what it needs. */
function heldBy(columns: Held): readonly ColumnValue[] {
  const all = new Set<ColumnValue>();
  const visit = (held: ColumnValue) => {
    if (all.has(held)) return;
    if (held.kind === 'function') held.of.forEach(visit);
    if (held.kind === 'analytic') visit(held.value);
    all.add(held);
  };
  for (const { value } of columns) visit(value);
  return [...all];
}

/** The aggregates that columns are worked out of, each once, in the order of the columns. */
export function aggregatesOf(columns: Held): readonly AggregateCall[] {
  return heldBy(columns).filter((held) => held.kind === 'aggregate');
}

/** The words among columns that look at other results than those of one group. */
export function analyticsOf(columns: Held): readonly AnalyticCall[] {
  return heldBy(columns).filter((held) => held.kind === 'analytic');
}

/** One more value of a group, made of those before it, which are given by their places. */
export type Working =
  | { readonly kind: 'function'; readonly call: Lambda; readonly of: readonly number[] }
  | { readonly kind: 'analytic'; readonly analytic: AnalyticCall; readonly of: number };

/** How columns are worked out of the results of their aggregates: values are added to these one by one, and columns are some of them. */
export interface Workings {
  readonly steps: readonly Working[];
  /** The places of the columns. */
  readonly columns: readonly number[];
}

export function workingsOf(columns: Held): Workings {
  const held = heldBy(columns);
  const aggregates = held.filter(({ kind }) => kind === 'aggregate');
  const others = held.filter((other) => other.kind !== 'aggregate');
  const places = new Map([...aggregates, ...others].map((each, place) => [each, place]));
  const placeOf = (value: ColumnValue) => places.get(value)!;
  return {
    steps: others.map((other) =>
      other.kind === 'function'
        ? { kind: 'function', call: other.f.call, of: other.of.map(placeOf) }
        : { kind: 'analytic', analytic: other, of: placeOf(other.value) },
    ),
    columns: columns.map(({ value }) => placeOf(value)),
  };
}

/**
 * What columns without analytics hold, in their order, made of the results of their aggregates in the order of {@link aggregatesOf}. A function of
 * the program may throw BadRecord.
 */
export function workingOut(columns: Held): (results: readonly Value[]) => readonly Value[] {
  const { steps, columns: places } = workingsOf(columns);
  if (steps.length === 0 && places.every((place, i) => place === i)) return (results) => results;
  const functions = steps.filter((step) => step.kind === 'function');
  return (results) => {
    const values = [...results];
    for (const { call, of } of functions) values.push(call(...of.map((place) => values[place]!)));
    return places.map((place) => values[place]!);
  };
}

/** Whether functions over the aggregates may give something else though these give the same: they ask for the time of the batch. */
export function asksTime(columns: Held): boolean {
  return heldBy(columns).some((held) => held.kind === 'function' && callsNow(held.f.tree));
}

function callsNow(tree: Value): boolean {
  if (!Array.isArray(tree)) return false;
  return (tree[0] === 'call' && tree[1] === 'now') || tree[0] === 'imported' || tree.some(callsNow);
}
