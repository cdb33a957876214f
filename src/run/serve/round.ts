/** So many have their turn before others of the process have theirs: 64 writes to sockets take one to three ms. */
const AT_ONCE = 64;

/**
 * Does something for many, some at a time, so that neither the stream nor who asks waits for all of it: the first of them at once, more in each turn
 * of the loop that follows. One round is over before the next one begins, so that each is told all in order.
 */
export class Round<T> {
  private waiting: T[] = [];
  private at = 0;
  private work: (one: T) => void = () => {};
  private turn: NodeJS.Immediate | undefined;

  /** @param all who they are now. Of an earlier round what is left is done first. */
  begin(all: Iterable<T>, work: (one: T) => void): void {
    this.complete();
    this.waiting = [...all];
    this.at = 0;
    this.work = work;
    this.go();
  }

  /** Does at once what is left. */
  complete(): void {
    clearImmediate(this.turn);
    this.some(this.waiting.length);
    this.over();
  }

  private go(): void {
    this.some(this.at + AT_ONCE);
    if (this.at < this.waiting.length) this.turn = setImmediate(() => this.go());
    else this.over();
  }

  private some(end: number): void {
    const { waiting, work } = this;
    while (this.at < Math.min(end, waiting.length)) work(waiting[this.at++]!);
  }

  private over(): void {
    this.waiting = [];
    this.at = 0;
    this.work = () => {};
    this.turn = undefined;
  }
}
