/**
 * The partials of one group, one row for each pane that has records of it, the oldest first: its place in the stream, and a partial of
 * each aggregate in a column of its own. A ring in one list, since a window keeps as many rows as it has panes for every group.
 */
export class PaneQueue {
  /** How many rows there are. */
  length = 0;
  private readonly width: number;
  /** Rows that there is room for, a power of two. */
  private room = 1;
  private first = 0;
  private slots: unknown[];

  /** @param columns how many partials a row has. */
  constructor(columns: number) {
    this.width = columns + 1;
    this.slots = this.emptySlots();
  }

  /** The order of the oldest row. Only where there is one. */
  get order(): number {
    return this.slots[this.first * this.width] as number;
  }

  /** The order of a row, from the oldest on. */
  orderAt(row: number): number {
    return this.slots[this.place(row)] as number;
  }

  /** Adds a row behind all others, whose partials are then set one by one. */
  push(order: number): void {
    if (this.length === this.room) this.resize(2 * this.room);
    this.length++;
    this.slots[this.place(this.length - 1)] = order;
  }

  /** Takes off the oldest row. */
  shift(): void {
    const at = this.first * this.width;
    for (let i = 0; i < this.width; i++) this.slots[at + i] = undefined;
    this.first = (this.first + 1) & (this.room - 1);
    this.length--;
    if (this.room >= 8 && this.length <= this.room / 4) this.resize(this.room / 2);
  }

  get(row: number, column: number): unknown {
    return this.slots[this.place(row) + 1 + column];
  }

  set(row: number, column: number, state: unknown): void {
    this.slots[this.place(row) + 1 + column] = state;
  }

  private place(row: number): number {
    return ((this.first + row) & (this.room - 1)) * this.width;
  }

  private resize(room: number): void {
    const { slots, width, length } = this;
    const places = Array.from({ length }, (_, row) => this.place(row));
    this.room = room;
    this.first = 0;
    this.slots = this.emptySlots();
    for (const [row, place] of places.entries()) {
      for (let i = 0; i < width; i++) this.slots[row * width + i] = slots[place + i];
    }
  }

  private emptySlots(): unknown[] {
    return new Array<unknown>(this.room * this.width).fill(undefined);
  }
}
