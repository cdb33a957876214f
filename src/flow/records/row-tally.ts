/** What counts something of records, one by one. */
interface Tally {
  /** One less: it was counted of a record that is worked on once more. */
  takeBack(): void;
}

/** The number of no row. */
const NO_ROW = -1;

/**
 * What was counted while functions of the program were called for rows, so that it counts once for each: some of them are worked on once more, since
 * the row form is given them, or they come again behind one that it is given.
 *
 *     rows       0 1 2 3 4 5 6 7        a function is called for all of them; what is behind does not take 5
 *     counted      ×   ×   ×   ×        that of 5 and 7 is taken back
 */
class RowTally {
  private row = NO_ROW;
  private readonly rows: number[] = [];
  private readonly tallies: Tally[] = [];
  private size = 0;

  /** What is counted until {@link leave} is of this row. */
  enter(row: number): void {
    this.row = row;
  }

  leave(): void {
    this.row = NO_ROW;
  }

  /** Something was counted; of a row or, in the row form, of none. */
  note(tally: Tally): void {
    if (this.row === NO_ROW) return;
    this.rows[this.size] = this.row;
    this.tallies[this.size++] = tally;
  }

  /** The first `count` of these rows are worked on once more. */
  again(rows: Int32Array, count: number): void {
    if (this.size === 0) return;
    const again = new Set(rows.subarray(0, count));
    this.takeBack((row) => again.has(row));
  }

  /** Rows up to `left` were taken; that one and those behind it are worked on once more. */
  settle(left: number): void {
    if (this.size === 0) return;
    this.takeBack((row) => row >= left);
    this.size = 0;
  }

  private takeBack(isAgain: (row: number) => boolean): void {
    for (let i = 0; i < this.size; i++) {
      if (!isAgain(this.rows[i]!)) continue;
      this.tallies[i]!.takeBack();
      this.rows[i] = NO_ROW;
    }
  }
}

/** That of this thread. */
export const rowTally = new RowTally();
