import { MOST_ROWS } from '../bytes/row-block.ts';
import { findingGroups } from '../columns/find-groups.ts';
import { inputOfAll, type WholeInput } from '../columns/group-rows.ts';
import { GroupRuns } from '../columns/group-runs.ts';
import type { FindGroups, Group, Groups } from '../columns/groups.ts';
import { takeSureRows } from '../columns/sure-rows.ts';
import { NONE, type TakeRows } from '../define/faster.ts';
import type { Aggregate, Grouping } from '../define/grouping.ts';
import type { WindowSpec } from '../define/window-spec.ts';
import type { GroupTable } from '../groups/group-table.ts';
import type { EventTime } from './event-time.ts';
import { RowKeys } from './row-keys.ts';
import { RowTimes } from './row-times.ts';

interface Settings<S> {
  readonly spec: Extract<WindowSpec, { kind: 'event' }>;
  readonly grouping: Grouping<S>;
  readonly time: EventTime;
  /** The fields of the rows, in the order of their slots. */
  readonly names: readonly string[];
  /** The groups of the window that begins at so many slides, into which records go now. */
  readonly tableAt: (at: number) => GroupTable<S>;
}

/**
 * Takes rows into windows by event time: their times, what the aggregate reads of them and the numbers of their keys are read of all of them, then
 * window and key together say the group of each, and each aggregate takes all of them.
 *
 *     time      10:00:58   10:00:59   10:01:00   10:01:00
 *     window       600        600        601        601          of 1m, by number
 *     key        a: 0       b: 1       b: 1       a: 0
 *     group         0          1          2          3            in the table of its window, numbered here over all of them
 *
 * A row that is late for one of its windows, and one whose time the row form has something to say to, ends it there.
 */
export class WindowRows<S> implements Groups<S> {
  readonly epoch = 0;
  /** See {@link TakeRows}. */
  readonly take: TakeRows;
  /** The groups of all windows that rows came into, by their numbers here. */
  places: Group<S>[] = [];
  private windows = new Map<number, WindowGroups<S>>();
  private current: WindowGroups<S> | undefined;
  private readonly keys = new RowKeys();
  private readonly input: WholeInput;
  private readonly find: FindGroups;
  private readonly times: RowTimes;
  /** Of each row the number of the last window that it is in, that of its key, and that of its group. */
  private readonly lasts = new Float64Array(MOST_ROWS);
  private readonly ofKeys = new Int32Array(MOST_ROWS);
  private readonly found = new Int32Array(MOST_ROWS);
  /** The keys of rows of one slide. */
  private readonly ofSlide = new GroupRuns();
  private readonly mayPutOnce: boolean;
  private readonly settings: Settings<S>;

  /** @returns undefined where rows have to be given to the row form. */
  static of<S>(settings: Settings<S>): WindowRows<S> | undefined {
    const { length, slide, lateTo } = settings.spec;
    // Late records are written whole; the others would be in another number of windows from time to time.
    if (lateTo !== undefined || length % slide !== 0) return undefined;
    const rows = new WindowRows<S>(settings);
    return rows.input === undefined ? undefined : rows;
  }

  private constructor(settings: Settings<S>) {
    const { grouping, names, time } = settings;
    this.settings = settings;
    this.input = inputOfAll(grouping.aggregate as Aggregate, names, this as Groups<unknown>)!;
    this.find = findingGroups(grouping.key, names, this.keys);
    this.times = new RowTimes(names, time);
    const { aggregate } = grouping;
    this.mayPutOnce = ![aggregate, ...(aggregate.parts ?? [])].some(({ byProgram }) => byProgram === true);
    const { times, input, find, ofKeys } = this;
    this.take = takeSureRows(
      [
        (block, rows, count) => times.read(block, rows, count),
        (_block, rows, count) => this.findWindows(rows, count),
        input.read,
        (block, rows, count) => find(block, rows, count, ofKeys),
      ],
      (count) => this.put(count),
    );
  }

  placeOf(): number {
    throw new Error('the groups of windows are found by window and key');
  }

  changed(): void {}

  /** Some of the windows are over, or are others now. */
  forget(): void {
    this.places = [];
    this.windows = new Map();
    this.current = undefined;
    this.keys.clear();
  }

  /** @returns the first row that is late for one of its windows. */
  private findWindows(rows: Int32Array, count: number): number {
    const { lasts } = this;
    const { times, overs } = this.times;
    const { slide } = this.settings.spec;
    for (let i = 0; i < count; i++) {
      const last = Math.floor(times[i]! / slide);
      // The first of its windows ends with the slide that it is in.
      if ((last + 1) * slide <= overs[i]!) return rows[i]!;
      lasts[i] = last;
    }
    return NONE;
  }

  private put(count: number): void {
    const { lasts, settings } = this;
    const { length, slide } = settings.spec;
    this.times.took(count);
    // Each window is told of each call that it changes.
    this.current = undefined;
    if (length === slide) {
      this.putInto(0, 0, count);
      return;
    }
    // Each window has its rows in their order, as those of one slide come one behind the other.
    for (let from = 0; from < count; ) {
      let to = from + 1;
      while (to < count && lasts[to]! === lasts[from]!) to++;
      if (!this.putOnce(from, to)) for (let back = 0; back < length / slide; back++) this.putInto(back, from, to);
      from = to;
    }
  }

  /**
   * Puts rows of one slide into groups of their own, and what becomes of these into those of all their windows.
   *
   * @returns false, with nothing put, where there are so many groups that it is not worth it, or some are one: their keys are equal and only written otherwise.
   */
  private putOnce(from: number, to: number): boolean {
    const { ofSlide, found, ofKeys, lasts, places, mayPutOnce } = this;
    if (!mayPutOnce || !ofSlide.sort(ofKeys, from, to)) return false;
    const { spec, grouping } = this.settings;
    const { aggregate } = grouping;
    const last = lasts[from]!;
    const own = new Set<number>();
    for (let at = 0; at < ofSlide.size; at++) own.add(this.groupOf(last, ofSlide.groups[at]!));
    if (own.size < ofSlide.size) return false;
    const first = places.length;
    for (let at = 0, i = 0; at < ofSlide.size; at++) {
      places.push({ key: null, state: aggregate.zero(), place: first + at });
      for (const end = ofSlide.ends[at]!; i < end; i++) found[ofSlide.order[i]!] = first + at;
    }
    this.input.put(found, from, to);
    const parts = places.splice(first);
    for (let back = 0; back < spec.length / spec.slide; back++) {
      for (const [at, { state }] of parts.entries()) {
        const group = places[this.groupOf(last - back, ofSlide.groups[at]!)]!;
        group.state = aggregate.merge(group.state, state);
      }
    }
    return true;
  }

  /** Puts rows into the windows so many slides before their last ones. */
  private putInto(back: number, from: number, to: number): void {
    const { lasts, ofKeys, found } = this;
    for (let i = from; i < to; i++) found[i] = this.groupOf(lasts[i]! - back, ofKeys[i]!);
    this.input.put(found, from, to);
  }

  private groupOf(at: number, key: number): number {
    const window = this.current?.at === at ? this.current : this.windowAt(at);
    const number = window.byKey[key] ?? window.farKeys.get(key) ?? this.newKey(window, key);
    window.table.changedAt(this.places[number]!.place);
    return number;
  }

  /** The number of the group of a key that was not met in a window before. */
  private newKey({ table, byKey, farKeys, byPlace }: WindowGroups<S>, key: number): number {
    const place = table.placeOf(this.keys.places[key]!.key);
    // Another key may be an equal value that is written otherwise.
    const number = byPlace.get(place) ?? this.places.push(table.places[place]!) - 1;
    byPlace.set(place, number);
    if (key > 2 * byPlace.size + FEW) {
      farKeys.set(key, number);
      return number;
    }
    // One far ahead would make a slow list.
    while (byKey.length < key) byKey.push(undefined);
    byKey[key] = number;
    return number;
  }

  private windowAt(at: number): WindowGroups<S> {
    const table = this.settings.tableAt(at);
    let window = this.windows.get(at);
    if (window === undefined) {
      window = { at, table, byKey: [], farKeys: new Map(), byPlace: new Map() };
      this.windows.set(at, window);
    }
    this.current = window;
    return window;
  }
}

/** Of the keys of a window so many may be missing in the list of them. */
const FEW = 64;

/** The groups of one window, as numbers of all of them. */
interface WindowGroups<S> {
  readonly at: number;
  readonly table: GroupTable<S>;
  /** By the numbers of their keys, as far as there are few gaps: each window would have a place for each key of all windows otherwise. */
  readonly byKey: (number | undefined)[];
  /** The same of the others. */
  readonly farKeys: Map<number, number>;
  /** By their places in the table. */
  readonly byPlace: Map<number, number>;
}
