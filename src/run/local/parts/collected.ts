import type { Value } from '../../../base/value.ts';
import type { Cursor } from '../../../flow/define/chunk.ts';
import type { Step } from '../../../flow/define/step.ts';
import type { Node, SourceNode } from '../../../query/plan/plan.ts';
import type { Watcher } from '../steps/watcher.ts';

/** Records that stages made of a part of the input, one behind the other. Plain data. */
export interface RecordBlock {
  /** Of which of the parts of the piece. */
  readonly part: number;
  readonly records: readonly Value[];
  /** The line of each in its part, from 1, at or before that where a record begins before the part; not a number where it belongs to no line. */
  readonly lines: Float64Array;
  /** What each was made of, where whoever goes on with them may have to tell; null where it is the record itself. */
  readonly texts?: readonly (string | null)[];
}

/** How many records are in a block at most. */
const MOST = 4096;

/** What is wanted of the records of a piece. */
interface Wanted {
  readonly withTexts: boolean;
  /** The first so many only. */
  readonly most: number;
  /** Called behind the last of them. */
  readonly full: () => void;
}

/** Takes what the last stage of a front gives out, and hands it on in blocks, each record with its place. */
export class Collected implements Watcher {
  private readonly last: Node;
  private readonly cursor: Cursor;
  private readonly give: (block: RecordBlock) => void;
  private readonly wanted: Wanted;
  private count = 0;
  private part = 0;
  private records: Value[] = [];
  private lines: number[] = [];
  private texts: (string | null)[] = [];

  constructor(last: Node, cursor: Cursor, wanted: Wanted, give: (block: RecordBlock) => void) {
    this.last = last;
    this.cursor = cursor;
    this.wanted = wanted;
    this.give = give;
  }

  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    return create(node === this.last ? this.step : down);
  }

  behind(source: SourceNode, step: Step): Step {
    return source === this.last ? this.step : step;
  }

  /** What comes from now on is of another part. */
  begin(part: number): void {
    this.flush();
    this.part = part;
  }

  /** What came so far is given. */
  flush(): void {
    const { part, records, texts } = this;
    if (records.length === 0) return;
    const lines = Float64Array.from(this.lines);
    const isNeeded = texts.some((text) => text !== null);
    this.records = [];
    this.lines = [];
    this.texts = [];
    this.give({ part, records, lines, ...(isNeeded ? { texts } : {}) });
  }

  private get step(): Step {
    return { push: (record) => this.push(record), close() {}, advance() {}, finish() {} };
  }

  private push(record: Value): void {
    const { origin, line } = this.cursor;
    this.records.push(record);
    this.lines.push(origin === null ? Number.NaN : line);
    if (this.wanted.withTexts) {
      const text = origin === null ? record : this.cursor.text();
      this.texts.push(text === record ? null : (text as string));
    }
    this.count++;
    if (this.records.length === MOST) this.flush();
    if (this.count === this.wanted.most) this.wanted.full();
  }
}
