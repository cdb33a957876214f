import { MOST_ROWS } from '../bytes/row-block.ts';
import { inSlots } from '../columns/in-slots.ts';
import { FAILED, tried } from '../columns/of-field.ts';
import { NONE, type Rows } from '../define/faster.ts';
import type { EventTime } from './event-time.ts';

/** The event times of rows, read without a trace before anything is done with them. All in ms. */
export class RowTimes {
  readonly times = new Float64Array(MOST_ROWS);
  /** Of each row, what was over for it when it came. */
  readonly overs = new Float64Array(MOST_ROWS);
  /** Of each row, the highest time up to it. */
  private readonly tops = new Float64Array(MOST_ROWS);
  private readonly time: EventTime;
  private readonly timeOf: PeekTime;

  /** @param names of the fields of the rows, in the order of their slots. */
  constructor(names: readonly string[], time: EventTime) {
    this.time = time;
    this.timeOf = timeReader(names, time);
  }

  /** @returns the first row whose time it is not sure of; NONE if it is sure of all. */
  read(block: Rows, rows: Int32Array, count: number): number {
    const { time, times, overs, tops, timeOf } = this;
    let over = time.overNow;
    if (over === undefined) return count > 0 ? rows[0]! : NONE;
    let top = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const at = timeOf(block, rows[i]!, top);
      if (at === undefined) return rows[i]!;
      times[i] = at;
      overs[i] = over;
      if (at > top) {
        top = at;
        over = Math.max(over, at - time.late);
      }
      tops[i] = top;
    }
    return NONE;
  }

  /** The first `count` of the rows that were read are taken. */
  took(count: number): void {
    this.time.saw(this.tops[count - 1]!);
  }
}

/** Gives the time of a row, ms, as `EventTime.peek` does. */
type PeekTime = (block: Rows, row: number, highest: number) => number | undefined;

function timeReader(names: readonly string[], time: EventTime): PeekTime {
  const { call } = time.on;
  const column = inSlots(time.on.column, names);
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
