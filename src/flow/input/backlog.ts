import type { SourceContext } from '../define/context.ts';

/** What is there to be read, by what it is called, as far as somebody knows who reads one after the other: so many bytes is the source behind. */
export class Backlog {
  private readonly left = new Map<string, () => number>();

  /** @param context of the source, whoever asks how far it is behind. */
  constructor(context: SourceContext) {
    context.lagBytes?.(() => {
      let bytes = 0;
      for (const left of this.left.values()) bytes += Math.max(0, left());
      return bytes;
    });
  }

  /** Something is there. @param left says how many bytes of it were not read yet, or will not be. */
  add(name: string, left: () => number): void {
    this.left.set(name, left);
  }

  /** Nothing of it is to be read any more. */
  remove(name: string): void {
    this.left.delete(name);
  }

  /** The same of all there is. */
  clear(): void {
    this.left.clear();
  }
}
