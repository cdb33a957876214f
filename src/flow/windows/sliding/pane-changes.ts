import type { Identity } from '../../../base/compare.ts';
import type { Value } from '../../../base/value.ts';
import type { Refit } from '../../define/snapshot.ts';
import { type Columns, refitColumns, type SlidingGroup } from './sliding-group.ts';

/** How many partials a pane has. */
export interface PaneSize {
  readonly end: number;
  readonly bytes: number;
  readonly partials: number;
}

export interface Pane<S> {
  readonly end: number;
  /** The groups that have a partial of this pane, in the order in which these entered. */
  readonly groups: readonly SlidingGroup<S>[];
  readonly bytes: number;
}

/** A pane that came into a window since its last snapshot, and before which place of the stream partials were gone by then. */
export interface Came<S> {
  readonly pane: Pane<S>;
  readonly goneBefore: number;
}

/**
 * What has changed in a window since its last snapshot, where that is what a run would do once more: partials before one place of the stream left, a
 * pane came, and those before another place left. What groups merge of it follows from what they have merged before.
 */
export interface WrittenPane {
  /** Partials before these places are gone, by when the pane came and by now. */
  readonly goneBefore: number;
  readonly gone: number;
  /** The pane that came, unless none did or it has left; its partials are the last that entered. */
  readonly sealed: PaneSize | undefined;
  readonly keys: readonly Value[];
  /** Its partials, a list for each column. */
  readonly columns: readonly (readonly unknown[])[];
}

/** What it is where nothing came. */
export function nothingCame({ mergings }: Columns, gone: number): WrittenPane {
  return { goneBefore: gone, gone, sealed: undefined, keys: [], columns: mergings.map(() => []) };
}

/** @param came a pane, of which no partial has left. */
export function writtenPane<S>({ pane, goneBefore }: Came<S>, { mergings }: Columns, gone: number): WrittenPane {
  const { end, bytes, groups } = pane;
  return {
    goneBefore,
    gone,
    sealed: { end, bytes, partials: groups.length },
    keys: groups.map(({ key }) => key),
    columns: mergings.map((_merging, column) => groups.map((group) => group.newest(column))),
  };
}

/**
 * Does it once more. Partials may be known of a part already. What has left a group goes when its next partial comes, and at last for all.
 *
 * @param written with `entered` partials by then, of an aggregate that had other parts where there is a `refit`.
 * @param groupOf finds or adds a group; undefined where it comes with a part.
 */
export function enterPane<S>(
  { goneBefore, keys, columns }: WrittenPane,
  entered: number,
  own: Columns,
  refit: Refit | undefined,
  groupOf: (key: Value) => SlidingGroup<S> | undefined,
): void {
  const states = refit === undefined ? columns : refitColumns(columns, keys.length, own, refit);
  for (const [i, key] of keys.entries()) {
    const group = groupOf(key);
    group?.leaveBefore(goneBefore);
    group?.enterAgain(entered - keys.length + i, states, i);
  }
}

/** The panes that there are then, of those that there were. */
export function panesBehind(panes: readonly PaneSize[], { gone, sealed }: WrittenPane, entered: number): PaneSize[] {
  const behind = [...panes];
  if (sealed !== undefined && sealed.end > (behind.at(-1)?.end ?? Number.NEGATIVE_INFINITY)) behind.push(sealed);
  let first = entered - partialsOf(behind);
  while (first < gone) first += behind.shift()!.partials;
  return behind;
}

/** The panes with their groups, of which those are forgotten that have no partial any more. @param gone how many partials left, of all that `entered`. */
export function settledPanes<S>(
  sizes: readonly PaneSize[],
  groups: Map<Identity, SlidingGroup<S>>,
  gone: number,
  entered: number,
): Pane<S>[] {
  const byPartial = new Array<SlidingGroup<S>>(entered - gone);
  for (const group of groups.values()) {
    group.leaveBefore(gone);
    if (group.isEmpty) groups.delete(group.id);
    else for (const order of group.orders()) byPartial[order - gone] = group;
  }
  let first = 0;
  return sizes.map(({ end, bytes, partials }) => {
    first += partials;
    return { end, bytes, groups: byPartial.slice(first - partials, first) };
  });
}

/** How many partials so many panes have. */
export function partialsOf(panes: readonly PaneSize[]): number {
  return panes.reduce((sum, { partials }) => sum + partials, 0);
}
