import { equal } from '../../base/compare.ts';
import { parseJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { field, isFields, isList, type Value } from '../../base/value.ts';
import type { StreamEvent } from './event-stream.ts';
import type { EventOutlet, EventReading } from './reading.ts';
import { changed, type RowsEvent, type ViewRows } from './view-rows.ts';

/** What is given of each result. */
interface Wanted {
  /** Only rows that are new or other than they were, where that can be told. */
  readonly changes: boolean;
  /** Each row with its result. */
  readonly tag: boolean;
}

/** A row, and its key where it has one. */
type Row = readonly [key: string | null, row: Value];

const NO_EVENT = new BadRecord('no event of a view');

const IDS = /^(\d+)\.(\w+)$/;

/** The results of a view that another leat serves, put together from what it sends: whole ones, and what changes. */
export class ViewEvents implements EventReading {
  isLost = false;
  hasResult = false;
  id: string;
  private readonly outlet: EventOutlet;
  private readonly wanted: Wanted;
  /** The rows of the result of that id; undefined where they are not known here. */
  private rows: ViewRows | undefined;
  private wasSkipped = false;
  /** The result of that id was not handed on yet. */
  private isNext: boolean;

  /** @param id of the last result that an earlier run has read, or where `isNext` of the one that it was about to begin with. */
  constructor(outlet: EventOutlet, wanted: Wanted, id: string, isNext: boolean) {
    this.outlet = outlet;
    this.wanted = wanted;
    this.id = id;
    this.isNext = isNext;
  }

  begin(): void {
    this.isLost = false;
    this.wasSkipped = false;
  }

  take(event: StreamEvent): Promise<void> | undefined {
    const { kind, data, problem, id } = event;
    if (data === undefined) {
      this.lose();
      return this.outlet.bad(problem!, '', id);
    }
    if (kind === 'skipped') this.wasSkipped = true;
    if (kind === 'end') this.tellOfEnd(data);
    if (kind !== 'result' && kind !== 'change') return undefined;
    const said = saidIn(data);
    if (said !== undefined) return kind === 'result' ? this.whole(id, said) : this.change(id, said);
    this.lose();
    return this.outlet.bad(NO_EVENT, data, id);
  }

  /** What follows makes no sense without what could not be read. */
  private lose(): void {
    this.isLost = true;
    this.rows = undefined;
  }

  private whole(id: string, said: Said): Promise<void> | undefined {
    const { keys, rows } = said.event;
    const before = this.rows;
    this.rows = { keys, records: rows };
    this.hasResult = true;
    const { isNext } = this;
    this.isNext = false;
    // It was handed on, by this process or the one before it.
    if (id === this.id && !isNext) return undefined;
    if (id !== this.id) this.tellOfMissed(id, isNext);
    const given = rowsIn(this.rows);
    // Who is killed before anything of it is kept would begin with whatever is newest then.
    const begun = this.id === '' ? this.outlet.begin(id) : undefined;
    return begun === undefined
      ? this.give(id, said, given, before)
      : begun.then(() => (this.outlet.isOver ? undefined : this.give(id, said, given, before)));
  }

  private change(id: string, said: Said): Promise<void> | undefined {
    const { rows: before } = this;
    if (before?.keys === undefined || numberOf(id) !== (numberOf(this.id) ?? Number.NaN) + 1) {
      this.lose();
      return undefined;
    }
    this.rows = changed(before, said.event);
    // Places that cannot be.
    if (this.rows.keys!.some((key) => key === undefined)) {
      this.lose();
      return this.outlet.bad(NO_EVENT, '', this.id);
    }
    return this.give(id, said, this.wanted.changes ? rowsIn(ofEvent(said.event)) : rowsIn(this.rows), before);
  }

  private give(id: string, said: Said, rows: readonly Row[], before: ViewRows | undefined): Promise<void> | undefined {
    this.id = id;
    if (said.leftOut > 0) this.outlet.note(`${this.name} has more rows than it serves: ${said.leftOut} are left out`);
    const { changes, tag } = this.wanted;
    const given = changes && before?.keys !== undefined ? this.differing(rows, before) : rows;
    const { name: source } = this.outlet.origin;
    const { view, batch, time, start, end } = said;
    const values = tag
      ? given.map(([key, row]) => ({ source, view, batch, time, start, end, key, row }))
      : given.map(([, row]) => row);
    return this.outlet.give(values, id);
  }

  /** Those of some rows that are not as they were, and, where rows are given with their keys, those that are gone, as null. */
  private differing(rows: readonly Row[], { keys, records }: ViewRows): readonly Row[] {
    const was = new Map(keys!.map((key, i) => [key, records[i]!]));
    const differing = rows.filter(([key, row]) => {
      const known = key === null ? undefined : was.get(key);
      return known === undefined || !equal(known, row);
    });
    const there = new Set(this.rows!.keys);
    const gone = keys!.filter((key) => !there.has(key));
    return this.wanted.tag ? [...gone.map((key): Row => [key, null]), ...differing] : differing;
  }

  private tellOfMissed(id: string, isNext: boolean): void {
    const [, number, run] = IDS.exec(id) ?? [];
    const [, last, lastRun] = IDS.exec(this.id) ?? [];
    if (last === undefined || number === undefined) return;
    if (run !== lastRun) {
      this.outlet.note(`${this.name} was started anew: what it found in between is not known`);
      return;
    }
    const missed = Number(number) - Number(last) - (isNext ? 0 : 1);
    if (missed <= 0) return;
    const why = this.wasSkipped ? 'they came faster than they were taken' : 'they are not kept there any more';
    this.wasSkipped = false;
    this.outlet.note(`missed ${missed === 1 ? 'a result' : `${missed} results`} of ${this.name}: ${why}`);
  }

  private tellOfEnd(data: string): void {
    const message = field(field(parsed(data) ?? null, 'error'), 'message');
    this.outlet.note(
      message === null ? `the run of ${this.name} has ended` : `${this.name} was ended there: ${String(message)}`,
    );
  }

  private get name(): string {
    return this.outlet.origin.name;
  }
}

/** What an event says. */
interface Said {
  readonly view: Value;
  readonly batch: Value;
  readonly time: Value;
  readonly start: Value;
  readonly end: Value;
  readonly leftOut: number;
  readonly event: RowsEvent;
}

/** Undefined where it is no event of a view. */
function saidIn(data: string): Said | undefined {
  const value = parsed(data);
  if (value === undefined || !isFields(value)) return undefined;
  const [rows, keys, gone, at] = ['rows', 'keys', 'gone', 'at'].map((name) => field(value, name));
  if (!isList(rows!)) return undefined;
  const texts = (list: Value) => isList(list) && list.every((item) => typeof item === 'string');
  const isWrong =
    (keys !== null && (!texts(keys!) || (keys as readonly string[]).length !== rows.length)) ||
    (gone !== null && !texts(gone!)) ||
    (at !== null &&
      !(
        isList(at!) &&
        at.length === rows.length &&
        at.every((place, i) => Number.isInteger(place) && (i === 0 || place! > at[i - 1]!))
      ));
  if (isWrong) return undefined;
  const [view, batch, time, start, end] = ['view', 'batch', 'time', 'start', 'end'].map((name) => field(value, name));
  return {
    view: view!,
    batch: batch!,
    time: time!,
    start: start!,
    end: end!,
    leftOut: Number(field(value, 'leftOut') ?? 0),
    event: {
      rows,
      ...(keys === null ? {} : { keys: keys as readonly string[] }),
      ...(gone === null ? {} : { gone: gone as readonly string[] }),
      ...(at === null ? {} : { at: at as readonly number[] }),
    },
  };
}

function parsed(text: string): Value | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function numberOf(id: string): number | undefined {
  const number = IDS.exec(id)?.[1];
  return number === undefined ? undefined : Number(number);
}

function ofEvent({ keys, rows }: RowsEvent): ViewRows {
  return { keys, records: rows };
}

function rowsIn({ keys, records }: ViewRows): readonly Row[] {
  return records.map((row, i): Row => [keys?.[i] ?? null, row]);
}
