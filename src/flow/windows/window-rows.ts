import type { Identity } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import { MOST_ROWS } from '../bytes/row-block.ts';
import { findingGroups } from '../columns/find-groups.ts';
import { countBefore, inputOfAll, type WholeInput } from '../columns/group-rows.ts';
import { type FindGroups, type Group, type Groups, writtenIdentity } from '../columns/groups.ts';
import { inSlots } from '../columns/in-slots.ts';
import { FAILED, tried } from '../columns/of-field.ts';
import type { Compiled } from '../define/compiled.ts';
import { NONE, type Rows, type TakeRows } from '../define/faster.ts';
import type { Aggregate, Grouping } from '../define/grouping.ts';
import type { WindowSpec } from '../define/window-spec.ts';
import type { GroupTable } from '../groups/group-table.ts';
import type { EventTime } from './event-time.ts';

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
  /** The groups of all windows that rows came into, by their numbers here. */
  places: Group<S>[] = [];
  private windows = new Map<number, WindowGroups<S>>();
  private current: WindowGroups<S> | undefined;
  private readonly keys = new Keys();
  private readonly input: WholeInput;
  private readonly find: FindGroups;
  private readonly timeOf: PeekTime;
  /** Of each row the number of the last window that it is in, that of its key, that of its group, and the highest time up to it. */
  private readonly lasts = new Float64Array(MOST_ROWS);
  private readonly ofKeys = new Int32Array(MOST_ROWS);
  private readonly found = new Int32Array(MOST_ROWS);
  private readonly tops = new Float64Array(MOST_ROWS);
  private readonly settings: Settings<S>;

  /** @returns undefined where rows have to be given to the row form. */
  static of<S>(settings: Settings<S>): WindowRows<S> | undefined {
    const { length, slide, lateTo } = settings.spec;
    // Late records are written whole; the others would be in another number of windows from time to time.
    if (lateTo !== undefined || length % slide !== 0) return undefined;
    const rows = new WindowRows<S>(settings);
    // The row form calls what an aggregate reads once for each window.
    return rows.input === undefined || (rows.input.callsFunction && length !== slide) ? undefined : rows;
  }

  private constructor(settings: Settings<S>) {
    const { grouping, names, spec, time } = settings;
    this.settings = settings;
    this.input = inputOfAll(grouping.aggregate as Aggregate, names, this as Groups<unknown>)!;
    this.find = findingGroups(grouping.key, names, this.keys);
    this.timeOf = timeReader(spec.on, names, time);
  }

  /** See {@link TakeRows}. */
  readonly take: TakeRows = (block, rows, count) => {
    let unsure = this.readTimes(block, rows, count);
    let sure = countBefore(unsure, rows, count);
    unsure = Math.min(unsure, this.input.read(block, rows, sure));
    sure = countBefore(unsure, rows, sure);
    unsure = Math.min(unsure, this.find(block, rows, sure, this.ofKeys));
    sure = countBefore(unsure, rows, sure);
    if (sure > 0) this.put(sure);
    return unsure;
  };

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

  /** @returns the first row whose time it is not sure of. */
  private readTimes(block: Rows, rows: Int32Array, count: number): number {
    const { time, spec } = this.settings;
    const { lasts, tops, timeOf } = this;
    const { slide } = spec;
    let over = time.overNow;
    if (over === undefined) return count > 0 ? rows[0]! : NONE;
    let top = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const at = timeOf(block, rows[i]!, top);
      if (at === undefined) return rows[i]!;
      const last = Math.floor(at / slide);
      // The first of its windows ends with the slide that it is in.
      if ((last + 1) * slide <= over) return rows[i]!;
      if (at > top) {
        top = at;
        over = Math.max(over, at - time.late);
      }
      lasts[i] = last;
      tops[i] = top;
    }
    return NONE;
  }

  private put(count: number): void {
    const { lasts, settings } = this;
    const { length, slide } = settings.spec;
    settings.time.saw(this.tops[count - 1]!);
    // Each window is told of each call that it changes.
    this.current = undefined;
    if (length === slide) {
      this.putInto(0, 0, count);
      return;
    }
    // Each window has its rows in their order where none is in earlier windows than the one before it.
    for (let from = 0; from < count; ) {
      let to = from + 1;
      while (to < count && lasts[to]! >= lasts[to - 1]!) to++;
      for (let back = 0; back < length / slide; back++) this.putInto(back, from, to);
      from = to;
    }
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

/** The keys of groups, by number: each as it is written, since each window gives out the first of those that are equal there. */
class Keys implements Groups<unknown> {
  epoch = 0;
  places: Group<unknown>[] = [];
  private readonly numbers = new Map<Identity, number>();

  placeOf(key: Value): number {
    const id = writtenIdentity(key);
    const known = this.numbers.get(id);
    if (known !== undefined) return known;
    const place = this.places.length;
    this.numbers.set(id, place);
    this.places.push({ key, state: undefined, place });
    return place;
  }

  changed(): void {}

  clear(): void {
    this.places = [];
    this.numbers.clear();
    this.epoch++;
  }
}

/** Gives the time of a row, ms, as `EventTime.peek` does. */
type PeekTime = (block: Rows, row: number, highest: number) => number | undefined;

function timeReader(on: Compiled, names: readonly string[], time: EventTime): PeekTime {
  const { call } = on;
  const column = inSlots(on.column, names);
  if (column.kind === 'field') {
    const field = names.indexOf(column.name);
    return (block, row, highest) => {
      const slot = block.slot(field) + row * block.size;
      const iso = block.time(slot);
      return Number.isNaN(iso) ? time.peek(block.value(slot), highest) : time.peekTime(iso, highest);
    };
  }
  return (block, row, highest) => {
    const value = tried(call, block.record(row), row);
    return value === FAILED ? undefined : time.peek(value, highest);
  };
}
