import type { Type } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { Span } from '../../flow/define/span.ts';
import { estimatedBytes } from '../../flow/state/memory-bound.ts';
import { isAlike } from './alike.ts';
import type { Batch } from './batch.ts';
import type { Refusal } from './refusal.ts';
import { Ring } from './ring.ts';
import { keysOf, type RowKeys } from './row-keys.ts';

/** More rows of one result than this are not kept. */
const MOST_ROWS = 200_000;
/** What a row takes in a list, and what a batch takes beside its rows, bytes. */
const PLACE_BYTES = 16;
const BATCH_BYTES = 200;

interface ViewSettings {
  readonly name: string;
  /** How far back results are kept, ms. */
  readonly keep: number;
  readonly rowKeys: RowKeys;
  /** Records are what came in, one by one: a batch without any is no result. */
  readonly isLog: boolean;
  /** Each result is of all that came before, too. */
  readonly isRunning: boolean;
  /** How long a batch is, ms; of windows, how often one comes. */
  readonly interval: number;
  /** What is known of its records. */
  readonly type: Type;
}

/** What is told of a view as it changes. */
interface ViewListener {
  batch(batch: Batch): void;
  /** Nothing more will come. */
  end(): void;
}

/** The results of one stream: the newest, those that are kept, and who wants to hear of the next. */
export class View {
  readonly settings: ViewSettings;
  readonly ring: Ring;
  isOver = false;
  /** Why nothing more comes, where that is not the end of the run. */
  refusal: Refusal | undefined;
  private readonly listeners = new Set<ViewListener>();
  private records: Value[] = [];
  private leftOut = 0;
  private batches = 0;
  /** Rows of the newest batch by their keys, and the bytes (estimated) of all of them. */
  private byKey: ReadonlyMap<string, Value> = new Map();
  private bytes = 0;

  constructor(settings: ViewSettings) {
    this.settings = settings;
    this.ring = new Ring(settings.keep);
  }

  get name(): string {
    return this.settings.name;
  }

  /** One record of the open batch. */
  push(record: Value): void {
    if (this.records.length < MOST_ROWS) this.records.push(record);
    else this.leftOut++;
  }

  /** The batch is whole, and is shown. @param read how many records were read for it, where that is known. */
  close(span: Span, read: number | undefined): void {
    this.seal(span, read)();
  }

  /** The same of a batch that is to be shown later. @returns what shows it, which is called in the order of batches. */
  seal(span: Span, read: number | undefined): () => void {
    const { records, leftOut } = this;
    this.records = [];
    this.leftOut = 0;
    return () => {
      if (this.settings.isLog && records.length === 0) return;
      this.put({ number: ++this.batches, span, records, keys: keysOf(records, this.settings.rowKeys), leftOut, read });
    };
  }

  /** What an earlier run has found, in order, before anything comes of this one. */
  restore(batches: readonly Batch[]): void {
    for (const batch of batches) this.put(batch);
    this.batches = batches.at(-1)?.number ?? 0;
  }

  private put(batch: Batch): void {
    const records: Value[] = [];
    const byKey = new Map<string, Value>();
    let own = 0;
    let kept = 0;
    for (const [i, record] of batch.records.entries()) {
      const key = batch.keys?.[i];
      const before = key === undefined ? undefined : this.byKey.get(key);
      const isSame = before !== undefined && isAlike(before, record);
      const row = isSame ? before : record;
      if (!isSame) own += estimatedBytes(record);
      else kept += estimatedBytes(row);
      records.push(row);
      if (key !== undefined) byKey.set(key, row);
    }
    const places = BATCH_BYTES + PLACE_BYTES * records.length;
    this.byKey = byKey;
    this.bytes = own + kept + places;
    const result = { ...batch, records };
    this.ring.put(result, { whole: this.bytes, own: own + places });
    for (const listener of [...this.listeners]) listener.batch(result);
  }

  /** Tells of each batch from now on, until it is called off. */
  follow(listener: ViewListener): () => void {
    this.listeners.add(listener);
    if (this.isOver) listener.end();
    return () => this.listeners.delete(listener);
  }

  /** Nothing more will come; what is kept stays. @param refusal why, where that is not the end of the run. */
  end(refusal?: Refusal): void {
    if (this.isOver) return;
    this.isOver = true;
    this.refusal = refusal;
    for (const listener of [...this.listeners]) listener.end();
  }
}
