import type { Span } from '../../../flow/define/span.ts';
import { greatestCommonDivisor } from '../../../flow/windows/batch-window.ts';
import { inputsOf, type Node, type Plan, type SourceNode, windowSpecOf } from '../../../query/plan/plan.ts';

/** More counts are not kept: of longer windows it is not told how many records were read in them. */
const MOST_MARKS = 20_000;

interface Mark {
  readonly tick: number;
  /** Records read in all up to there, by source. */
  readonly counts: readonly number[];
}

/**
 * How many records were read in a batch, or in a window by time of arrival: what is known at the ticks where windows of the plan begin.
 *
 *     marks    |         |         |         |  ·now
 *              └──────── a window ───────────┘
 */
export class ReadCounts {
  /** At the ticks that a window may begin at, and at the last one. */
  private marks: Mark[] = [];
  private firstTick: number | undefined;
  private readonly sources: readonly SourceNode[];
  private readonly counts: () => readonly number[];
  private readonly isResumed: boolean;
  /** Windows begin at multiples of these. */
  private readonly steps: readonly number[];
  private readonly longest: number;

  /**
   * @param counts gives the records that were read so far of each source of the plan.
   * @param isResumed whether an earlier run has read others, which may be in what comes out.
   */
  constructor(plan: Plan, interval: number, counts: () => readonly number[], isResumed: boolean) {
    this.sources = plan.sources;
    this.counts = counts;
    this.isResumed = isResumed;
    const windows = plan.nodes.flatMap((node) => {
      const spec = windowSpecOf(node);
      return spec?.kind === 'batches' ? [spec] : [];
    });
    this.steps = windows.map(({ length, slide = interval }) => greatestCommonDivisor(length, slide));
    this.longest = windows.reduce((most, { length }) => Math.max(most, length), 0);
  }

  /** A batch is over. */
  passTick(tick: number): void {
    const last = this.marks.at(-1);
    if (last !== undefined && this.steps.every((step) => last.tick % step !== 0)) this.marks.pop();
    this.marks.push({ tick, counts: this.counts() });
    this.firstTick ??= tick;
    let gone = this.marks.findIndex((mark) => mark.tick > tick - this.longest) - 1;
    if (this.marks.length > MOST_MARKS) gone = Math.max(gone, 1);
    if (gone > 0) this.marks.splice(0, gone);
  }

  /** @param node what comes out of which. @returns undefined where that is not known, or has no bounds among what was read. */
  of(span: Span, node: Node): number | undefined {
    if (node.rhythm.kind === 'event') return undefined;
    const sources = sourcesOf(node);
    const sum = (counts: readonly number[]) =>
      this.sources.reduce((total, source, i) => total + (sources.has(source) ? counts[i]! : 0), 0);
    const before = this.marks.findLast(({ tick }) => tick <= span.start);
    if (before !== undefined) return sum(this.counts()) - sum(before.counts);
    const isFromStart = this.firstTick === undefined || span.start < this.firstTick;
    return isFromStart && !this.isResumed ? sum(this.counts()) : undefined;
  }
}

function sourcesOf(node: Node, found = new Set<Node>()): ReadonlySet<Node> {
  if (node.kind === 'source') found.add(node);
  else for (const input of inputsOf(node)) sourcesOf(input, found);
  return found;
}
