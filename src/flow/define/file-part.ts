/** A plain file that a source reads from `start` to before `end`, in bytes, where any cut at a line's end gives the same records. */
export interface PlainFile {
  /** What its origin is called. */
  readonly name: string;
  /** Its path, or the descriptor it is open as. */
  readonly file: string | number;
  readonly start: number;
  readonly end: number;
}

/** A piece of a plain file. It holds the lines that begin in [start, end); the last one may reach beyond the end. */
export interface FilePart extends PlainFile {
  /** Where the file begins: a part that does not begin there may have the end of another's last line in it. */
  readonly fileStart: number;
}
