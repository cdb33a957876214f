/** What one that is left out is shown by, bytes. */
export const SHOWN = 1024;

/** What was longer than wanted, and was passed over as it came: only its start is kept. */
export class TooLong {
  readonly start: Buffer;

  constructor(start: Buffer) {
    this.start = start;
  }
}
