import { compare } from '../../base/compare.ts';
import { toText } from '../../base/json.ts';
import { isNumber, type Value } from '../../base/value.ts';
import type { Move } from '../define/context.ts';
import { type Columns, cellAt } from './rows.ts';

/** What was painted last, by which moves go. */
interface Painted {
  readonly names: readonly string[];
  /** Rows that can be scrolled through, and how many of them were on the screen. */
  readonly rows: number;
  readonly room: number;
  /** Emissions that stand one below the other. */
  readonly emissions: number;
}

/** Which part of a table is looked at, and in what order; it stays while the table changes. */
export class TableView {
  /** Rows of the last emission that are scrolled away above. */
  private top = 0;
  /** Columns behind the first that are scrolled away. */
  private left = 0;
  /** Emissions that are scrolled away below. */
  private back = 0;
  private sortName: string | undefined;
  private isReversed = false;
  private text = '';
  private painted: Painted = { names: [], rows: 0, room: 1, emissions: 1 };
  private readonly orders = new WeakMap<readonly Value[], { readonly key: string; readonly rows: readonly number[] }>();

  /** What the user wants to see of it from now on. */
  move(move: Move): void {
    const { names, room, emissions } = this.painted;
    const page = Math.max(1, room - 1);
    if (typeof move === 'object') {
      this.text = move.filter;
      this.top = 0;
    } else if (move === 'sort') {
      const next = this.sortName === undefined ? 0 : names.indexOf(this.sortName) + 1;
      this.sortName = names[next];
      this.isReversed = false;
      this.top = 0;
    } else if (move === 'reverse') this.isReversed = this.sortName !== undefined && !this.isReversed;
    else if (move === 'up') this.top--;
    else if (move === 'down') this.top++;
    else if (move === 'left') this.left--;
    else if (move === 'right') this.left++;
    else if (move === 'home') this.top = 0;
    else if (move === 'end') this.top = this.painted.rows;
    else if (emissions > 1) {
      this.back += move === 'pageUp' ? 1 : -1;
      this.top = 0;
    } else this.top += move === 'pageUp' ? -page : page;
    this.bound();
  }

  /** Tells what is painted, before it is asked what of it. */
  see(painted: Partial<Painted>): void {
    this.painted = { ...this.painted, ...painted };
    this.bound();
  }

  get rowsAbove(): number {
    return this.top;
  }

  get columnsLeftOut(): number {
    return this.left;
  }

  get emissionsBelow(): number {
    return this.back;
  }

  /** The column that rows are sorted by, and whether the largest come first; undefined where they stand as they came. */
  sortOf(records: readonly Value[], columns: Columns): { name: string; isFalling: boolean } | undefined {
    const column = columns.all.find(({ name }) => name === this.sortName);
    if (column === undefined) return undefined;
    const first = records.find((record) => (cellAt(record, column) ?? null) !== null);
    const isOfNumbers = first !== undefined && isNumber(cellAt(first, column) as Value);
    return { name: column.name, isFalling: isOfNumbers !== this.isReversed };
  }

  /** What rows have to hold, in any of their cells. */
  get filter(): string {
    return this.text;
  }

  /** The rows to be seen, as their numbers, in order; undefined for all of them as they came. */
  rowsOf(records: readonly Value[], columns: Columns): readonly number[] | undefined {
    const sort = this.sortOf(records, columns);
    if (sort === undefined && this.text === '') return undefined;
    const key = `${sort?.isFalling} ${sort?.name}\n${this.text}`;
    const known = this.orders.get(records);
    if (known?.key === key) return known.rows;
    const wanted = this.text.toLowerCase();
    const rows = [...records.keys()].filter((row) => wanted === '' || holds(records[row]!, columns, wanted));
    const column = columns.all.find(({ name }) => name === sort?.name);
    if (sort !== undefined && column !== undefined) {
      const cells = records.map((record) => cellAt(record, column) ?? null);
      const sign = sort.isFalling ? -1 : 1;
      // What is not there comes last, whichever way round.
      const isNull = (row: number) => (cells[row] === null ? 1 : 0);
      rows.sort((a, b) => isNull(a) - isNull(b) || sign * compare(cells[a]!, cells[b]!) || a - b);
    }
    this.orders.set(records, { key, rows });
    return rows;
  }

  private bound(): void {
    const { names, rows, room, emissions } = this.painted;
    this.top = within(this.top, rows - room);
    this.left = within(this.left, names.length - 2);
    this.back = within(this.back, emissions - 1);
  }
}

function within(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}

function holds(record: Value, columns: Columns, wanted: string): boolean {
  return columns.all.some((column) =>
    toText(cellAt(record, column) ?? null)
      .toLowerCase()
      .includes(wanted),
  );
}
