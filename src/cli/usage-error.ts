/** Wrong usage or a wrong program: told in full, nothing was read. Exit 2. */
export class UsageError extends Error {
  /** The message is lines that are safe for a terminal: with colours, or JSON. */
  readonly isPainted: boolean;
  /** A way out. */
  readonly help: string | undefined;

  constructor(message: string, { isPainted = false, help }: { isPainted?: boolean; help?: string } = {}) {
    super(message);
    this.isPainted = isPainted;
    this.help = help;
  }
}
