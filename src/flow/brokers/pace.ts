/** So many messages are asked for at first; twice as many next time as long as they take little, half where they take much. */
const FIRST = 16;
const MOST = 2000;
const LITTLE = 512 * 1024;
const MUCH = 2 * 1024 * 1024;

/** How many messages to ask for at once, so that they take about a megabyte however large they are. */
export class Pace {
  count = FIRST;

  /** @param size of those that have come, bytes. */
  took(size: number): void {
    if (size < LITTLE) this.count = Math.min(MOST, this.count * 2);
    else if (size > MUCH) this.count = Math.max(1, Math.floor(this.count / 2));
  }
}
