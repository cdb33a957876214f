/** A file that can be closed for a time, and is opened again when it is written to. */
export interface Pausable {
  pause(): Promise<void>;
}

/** So many files of one sink are open at a time. */
const MOST_OPEN = 64;

/** Keeps few files open: those that were used last. */
export class OpenFiles<T extends Pausable> {
  /** The one that was used last at the end. */
  private readonly open = new Set<T>();

  /** Called before a file is used; closes the one that was not used for longest, where there are too many. */
  async use(file: T): Promise<void> {
    if (!this.open.delete(file) && this.open.size >= MOST_OPEN) {
      const [oldest] = this.open;
      this.open.delete(oldest!);
      await oldest!.pause();
    }
    this.open.add(file);
  }

  /** It is closed for good. */
  forget(file: T): void {
    this.open.delete(file);
  }
}
