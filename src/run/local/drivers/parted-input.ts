import { equal } from '../../../base/compare.ts';
import type { Value } from '../../../base/value.ts';
import type { Origin } from '../../../flow/define/chunk.ts';
import type { FilePart } from '../../../flow/define/file-part.ts';
import type { Source } from '../../../flow/define/source.ts';
import type { OriginStep } from '../../../flow/define/step.ts';
import { isFirst } from '../../../flow/files/parts.ts';
import type { PartResult } from '../parts/part-run.ts';
import type { OpenSource } from '../reading/open-sources.ts';
import type { Core } from './core.ts';
import { Turn } from './turn.ts';

/** What the main thread knows of the input up to where its parts have been read or absorbed, in their order. */
export class PartedInput {
  private readonly core: Core;
  private readonly of: OpenSource;
  private readonly source: Source;
  private readonly step: OriginStep | undefined;
  /** The file that the last part was of, with as many lines as have been counted of it. */
  private last: Origin | undefined;

  /** @param step remembers something of each file, if there is such a step. */
  constructor(core: Core, of: OpenSource, source: Source, step: OriginStep | undefined) {
    this.core = core;
    this.of = of;
    this.source = source;
    this.step = step;
  }

  /** Reads parts. The first one may go on where the last one before ended. @param afterPiece called after each piece of them. */
  async read(parts: readonly FilePart[], afterPiece = () => {}): Promise<void> {
    const { core } = this;
    const turn = new Turn(core.options.clock);
    for (const part of parts) {
      if (core.signal.aborted) return;
      await this.source.shared!.read(part, this.originOf(part), () => {
        afterPiece();
        return turn.over();
      });
    }
  }

  /** Whether what is remembered where a part begins is what it was taken to be. */
  isAsGuessed(part: FilePart | undefined, guess: Value | undefined): boolean {
    if (this.step === undefined || part === undefined || isFirst(part)) return true;
    return this.last !== undefined && guess !== undefined && equal(guess, this.step.recall(this.last));
  }

  /** Adds what another thread made of parts. */
  absorb(parts: readonly FilePart[], { lines, bad, memories }: Pick<PartResult, 'lines' | 'bad' | 'memories'>): void {
    lines.forEach((count, i) => {
      const origin = this.originOf(parts[i]!);
      this.core.reports.absorbBad(bad[i]!, origin.lines);
      const memory = memories[i];
      // So it can go on where the other thread has come to, or say what is wrong at the end.
      if (memory !== undefined) this.step?.resume(origin, memory, origin.lines);
      origin.lines += count;
      origin.over?.();
    });
  }

  /** All parts have been read. */
  end(): void {
    if (this.last !== undefined && !this.core.signal.aborted) this.of.step.ended?.(this.last);
  }

  /** The file that a part is of: the last one, if it goes on there. */
  private originOf(part: FilePart): Origin {
    if (this.last !== undefined && !isFirst(part)) {
      // It is counted as over with its first part.
      this.last.over = () => {};
      return this.last;
    }
    if (this.last !== undefined) this.of.step.ended?.(this.last);
    this.last = this.core.sources.origin(this.of, part.name);
    return this.last;
  }
}
