import type { BadRecord } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Progress } from '../define/framer.ts';
import type { Split } from '../define/position.ts';

/** What a framer makes of the bytes of one origin, on its way to the inbox. Offsets are in the bytes that the framer has been given. */
export class Delivery {
  private readonly origin: Origin;
  private readonly context: SourceContext;
  private readonly progress: Progress | undefined;
  /** How many bytes stand in front of those that the framer is given. */
  private before: number;

  constructor(origin: Origin, context: SourceContext, progress: Progress | undefined) {
    this.origin = origin;
    this.context = context;
    this.progress = progress;
    this.before = progress?.from ?? 0;
  }

  /** Whether the framer begins in a record that is to be passed over. */
  get isPassing(): boolean {
    return this.progress?.isPassing === true;
  }

  /** So many bytes more are not given to the framer. */
  leaveOut(count: number): void {
    this.before += count;
  }

  /** Whole records, up to an offset. @param isLast the end of the data ends the last one, which may be that of the run only. */
  text(bytes: Uint8Array, end: number, isLast = false): Promise<void> | undefined {
    return this.context.deliver({ kind: 'text', origin: this.origin, bytes, behind: this.behindAll(end, isLast) });
  }

  values(values: readonly Value[], end: number, isLast = false): Promise<void> | undefined {
    return this.context.deliver({ kind: 'values', origin: this.origin, values, behind: this.behindAll(end, isLast) });
  }

  /** @param isPassing whether the record goes on behind `end`, where it began. */
  bad(problem: BadRecord, shown: string, end: number, isPassing: boolean): void {
    this.context.bad(problem, this.origin, shown, this.behind(end, isPassing));
  }

  /** Nothing more comes of the origin. @param isWhole whether all that there was could be handed on. */
  over(isWhole: boolean): void {
    this.origin.over?.(this.context.signal.aborted ? undefined : this.progress?.over(isWhole));
  }

  private behindAll(end: number, isLast: boolean): Split | undefined {
    return isLast && this.context.signal.aborted ? undefined : this.behind(end, false);
  }

  private behind(end: number, isPassing: boolean): Split | undefined {
    return this.progress?.behind(this.before + end, isPassing);
  }
}
