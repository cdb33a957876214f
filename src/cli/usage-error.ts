/** Wrong usage or a wrong program: told in full, nothing was read. Exit 2. */
export class UsageError extends Error {
  /** The message is lines that are safe for a terminal: with colours, or JSON. */
  readonly isPainted: boolean;

  constructor(message: string, isPainted = false) {
    super(message);
    this.isPainted = isPainted;
  }
}
