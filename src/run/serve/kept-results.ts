import { parseSpeltJson } from '../../base/number-text.ts';
import type { Value } from '../../base/value.ts';
import type { FileSystem, OpenFile } from '../../flow/define/file-system.ts';
import { changed, type RowsEvent } from '../../flow/subscriptions/view-rows.ts';
import { frame } from '../durable/frames.ts';
import { headOf, pathOf, readName, resultsIn } from '../durable/names.ts';
import { readResults } from '../durable/results-file.ts';
import type { Batch } from './batch.ts';
import type { Events } from './batch-text.ts';
import type { Ring } from './ring.ts';

/** A file is gone on with until it has so many bytes, or so many times its first result, and so many results: what is kept begins with a file. */
const FILE_BYTES = 4 * 1024 * 1024;
const FILE_WHOLES = 4;
const FILE_RESULTS = 256;
/** Results of more rows are not kept over a restart: they are written by the process of the run, which waits meanwhile. */
const MOST_ROWS = 20_000;

/** The directory of the run. */
interface KeptAt {
  readonly files: FileSystem;
  readonly directory: string;
}

/** One file of results. */
interface Segment {
  readonly number: number;
  /** Bytes that count. */
  end: number;
  /** Bytes of its first result, and how many it has. */
  readonly whole: number;
  results: number;
  /** The number of the last of them. */
  last: number;
}

/** A result on its way. */
interface Waiting {
  readonly bytes: Buffer;
  readonly number: number;
  /** It is whole, and does not follow from one before. */
  readonly isWhole: boolean;
}

/**
 * The results of a view in the directory of a run, so that another run shows what there was before it:
 *
 *     results-000003   whole result, change, change, …        as they are sent to who looks (events), each in a frame
 *     results-000004   whole result, change, …                and so on; a file goes when the view keeps nothing of it any more
 *
 * How far they count stands in the mark of the sink: what is behind that comes again.
 */
export class KeptResults {
  private readonly at: KeptAt;
  private readonly events: Events;
  private readonly ring: Ring;
  private segments: Segment[] = [];
  private waiting: Waiting[] = [];
  /** The last result that was written, or waits; undefined where the next one has to be whole. */
  private before: Batch | undefined;
  private file: OpenFile | undefined;
  /** Files that the mark does not name any more, and those of the mark before. */
  private gone: number[] = [];

  constructor(at: KeptAt, events: Events, ring: Ring) {
    this.at = at;
    this.events = events;
    this.ring = ring;
  }

  /**
   * What an earlier run has left.
   *
   * @param mark of its sink.
   * @returns its results in order, without those in front of a gap. @throws Error that says which file is damaged, or the system's.
   */
  restore(mark: Value): readonly Batch[] {
    let results: Batch[] = [];
    for (const [number, end] of resultsIn(mark)) {
      const records = readResults(this.at.files, this.at.directory, number, end);
      let before: Batch | undefined;
      for (const record of records) {
        before = this.batchOf(record.toString(), before);
        if (before.number !== (results.at(-1)?.number ?? Number.NaN) + 1) results = [];
        results.push(before);
      }
      const [first] = records;
      const last = before?.number ?? 0;
      this.segments.push({ number, end, whole: first?.length ?? 0, results: records.length, last });
    }
    this.before = results.at(-1);
    return results;
  }

  /** The result that an event tells of. */
  private batchOf(event: string, before: Batch | undefined): Batch {
    const [, kind, run, data] = /^event: (\w+)\nid: \d+\.(\w+)\ndata: (.*)\n\n$/s.exec(event)!;
    const said = parseSpeltJson(data!) as unknown as Told;
    if (kind === 'change' && said.at === undefined) this.events.loseOrder();
    const rows =
      kind === 'change' && before !== undefined
        ? changed({ keys: before.keys, records: before.records }, said)
        : { keys: said.keys, records: said.rows };
    const { batch: number, time, start, end, partial = false, leftOut = 0, read } = said;
    return { number, span: { time, start, end, partial }, ...rows, leftOut, read, run };
  }

  /** One more result; it is written when the mark is asked for. */
  add(batch: Batch): void {
    if (batch.records.length > MOST_ROWS) {
      this.before = undefined;
      return;
    }
    const isWhole = this.before === undefined || this.isFull;
    const bytes = isWhole ? this.events.whole(batch) : this.events.change(this.before!, batch);
    this.waiting.push({ bytes, number: batch.number, isWhole });
    this.before = batch;
  }

  /** Whether the next result begins another file. */
  private get isFull(): boolean {
    const last = this.segments.at(-1);
    const isBegun = this.waiting.some(({ isWhole }) => isWhole);
    if (last === undefined || isBegun) return false;
    return last.results >= FILE_RESULTS || last.end >= Math.max(FILE_BYTES, FILE_WHOLES * last.whole);
  }

  /** Writes what waits. @returns the mark, when all is safe from a power cut. Rejects with the system's error. */
  async mark(): Promise<Value> {
    const { files, directory } = this.at;
    // The mark that did not name them any more is kept by now.
    for (const number of this.gone.splice(0)) {
      const path = pathOf(directory, 'results', number);
      if (files.status(path) !== undefined) files.remove(path);
    }
    for (const { bytes, number, isWhole } of this.waiting.splice(0)) {
      if (isWhole) await this.begin(bytes.length);
      const segment = this.segments.at(-1)!;
      const framed = frame(bytes);
      await (await this.opened(segment)).write(framed);
      segment.end += framed.length;
      segment.results++;
      segment.last = number;
    }
    await this.file?.sync();
    this.letGo();
    return { results: this.segments.map(({ number, end }) => [number, end]) };
  }

  /** Begins another file. */
  private async begin(whole: number): Promise<void> {
    const { files, directory } = this.at;
    await this.file?.sync();
    await this.close();
    const numbers = files.list(directory).flatMap((name) => {
      const named = readName(name);
      return named?.kind === 'results' ? [named.number] : [];
    });
    const number = Math.max(0, ...numbers) + 1;
    const head = headOf('results');
    this.file = await files.open(pathOf(directory, 'results', number), 'new');
    await this.file.write(head);
    await files.syncDirectory(directory);
    this.segments.push({ number, end: head.length, whole, results: 0, last: 0 });
  }

  /** The file under way, without what an earlier run has written behind its mark. */
  private async opened({ number, end }: Segment): Promise<OpenFile> {
    if (this.file !== undefined) return this.file;
    const file = await this.at.files.open(pathOf(this.at.directory, 'results', number), 'append');
    await file.cut(end);
    this.file = file;
    return file;
  }

  /** Files of which the view keeps nothing are not named any more. */
  private letGo(): void {
    const oldest = this.ring.all[0]?.number ?? 0;
    const stays = this.segments.filter(({ last }, i) => last >= oldest || i === this.segments.length - 1);
    this.gone.push(...this.segments.filter((segment) => !stays.includes(segment)).map(({ number }) => number));
    this.segments = stays;
  }

  /** Nothing more is written. */
  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }
}

/** What an event says of a result. Times in ms. */
interface Told extends RowsEvent {
  readonly batch: number;
  readonly time: number;
  readonly start: number;
  readonly end: number;
  readonly partial?: boolean;
  readonly leftOut?: number;
  readonly read?: number;
}
