import type { Value } from '../../../base/value.ts';
import type { Refit } from '../../define/snapshot.ts';
import { type Columns, refitColumns, type SlidingGroup } from './sliding-group.ts';

/** How many partials a pane has. */
export interface PaneSize {
  readonly end: number;
  readonly bytes: number;
  readonly partials: number;
}

/** How many partials so many panes have. */
export function partialsOf(panes: readonly PaneSize[]): number {
  return panes.reduce((sum, { partials }) => sum + partials, 0);
}

/** A pane of a window, as far as it is written down. */
interface Pane<S> {
  readonly end: number;
  readonly bytes: number;
  /** The groups that have a partial of it, in the order in which these entered. */
  readonly groups: readonly SlidingGroup<S>[];
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

/**
 * The pane that came into a window since its last snapshot, so that no more than that is written down. Where several came, the partials of the first
 * may be merged with others by now: then all there is has to be written. Nothing is known before the first snapshot.
 */
export class PaneChanges<S> {
  private isKnown = false;
  private sealed: Pane<S> | undefined;
  private goneBefore = 0;

  /** A pane came. @param gone the place of the stream before which partials are gone. */
  came(pane: Pane<S>, gone: number): void {
    if (this.sealed !== undefined) this.isKnown = false;
    this.sealed = pane;
    this.goneBefore = gone;
  }

  /** What has changed since the last call, undefined where that is not known; what changes from now on is for the next one. */
  take({ mergings }: Columns, entered: number, gone: number): WrittenPane | undefined {
    const { isKnown, sealed, goneBefore } = this;
    this.isKnown = true;
    this.sealed = undefined;
    if (!isKnown) return undefined;
    if (sealed === undefined || entered === gone) {
      return { goneBefore: gone, gone, sealed: undefined, keys: [], columns: mergings.map(() => []) };
    }
    const { end, bytes, groups } = sealed;
    return {
      goneBefore,
      gone,
      sealed: { end, bytes, partials: groups.length },
      keys: groups.map(({ key }) => key),
      columns: mergings.map((_merging, column) => groups.map((group) => group.newest(column))),
    };
  }
}

/** The same for an aggregate that has other parts now. */
export function refitPane(pane: WrittenPane, columns: Columns, refit: Refit | undefined): WrittenPane {
  if (refit === undefined) return pane;
  return { ...pane, columns: refitColumns(pane.columns, pane.keys.length, columns, refit) };
}
