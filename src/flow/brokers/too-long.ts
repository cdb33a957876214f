/** What one that is left out is shown by, bytes. */
export const SHOWN = 1024;

/** What was longer than wanted, and was passed over as it came: only its start is kept. */
export class TooLong {
  readonly start: Buffer;

  constructor(start: Buffer) {
    this.start = start;
  }
}

/** What is shown of a text that is longer than `most` bytes; undefined where it is not. */
export function startIfLonger(text: Buffer | TooLong, most: number): Buffer | undefined {
  if (text instanceof TooLong) return text.start;
  return text.length > most ? text : undefined;
}
