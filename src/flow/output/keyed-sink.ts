import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Lambda } from '../define/compiled.ts';
import type { PrintFormat, SinkContext } from '../define/context.ts';
import type { Sink } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import { createFormat } from '../formats/create.ts';
import type { Format } from '../formats/format.ts';
import { reportBad } from '../records/report-bad.ts';
import { sinkFailure } from './failure.ts';
import { fileNameOf } from './file-names.ts';
import { JobQueue } from './job-queue.ts';
import type { Rotation } from './rotation.ts';
import { isLineByLine } from './target.ts';

/** So many characters are held for all files together before they are written. */
const MOST_HELD = 1024 * 1024;

/** Where the bytes of each value go. All but `columns` are called one after the other, and reject where a file has failed. */
export interface KeyedTargets {
  /** What can be known to be wrong before there is something to write; called first. Absent where nothing is done there. */
  begin?(): Promise<void>;
  /** Takes back what was written behind the mark that is gone on from; called before anything is written, and only there. */
  goBack(): Promise<void>;
  /** The columns that the file of a name has already; undefined where it has none. */
  columns?(name: string): readonly string[] | undefined;
  /** Writes all of the bytes to the file of a name. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** All of a batch has been written. */
  close(span: Span): Promise<void>;
  /** Nothing is written to the file of a name any more: behind the next mark, nobody goes back in it. */
  forget?(name: string): Promise<void>;
  /** Where all is that was written so far, when that is safe from a power cut. */
  mark(): Promise<Value>;
  /** Nothing more follows. */
  finish(): Promise<void>;
  /** Given up, after a failure or in the middle of a batch. Never rejects. */
  abandon(): Promise<void>;
}

interface KeyedSinkOptions {
  /** What the user calls it in messages. */
  readonly name: string;
  /** What decides which file a record goes to; one for all unless given. */
  readonly by?: Lambda | undefined;
  /** Whether a file is followed by another one, and when. */
  readonly rotation?: Rotation | undefined;
  readonly targets: KeyedTargets;
  /** Whether files go on over the run, or each is of a batch. */
  readonly per: 'run' | 'batch';
  readonly format: PrintFormat;
  /** How many files there may be, of the run or of a batch. */
  readonly most: number;
  /** The mark that the sink goes on from. */
  readonly from?: Value | undefined;
  readonly context: SinkContext;
}

/** A mark of the sink: where its targets are, and the looks of their files by name. */
interface Mark {
  readonly at: Value;
  readonly formats: readonly (readonly [name: string, format: Value])[];
  /** Of a {@link Rotation}. */
  readonly rotation?: Value;
}

/** What is written to one file. */
interface Lane {
  /** The value that its name begins with. */
  readonly begin: string;
  readonly format: Format;
  /** What is not queued yet. */
  text: string;
  /** There are records of the open batch. */
  isOpen: boolean;
}

/**
 * A sink that writes a file for each value of a function. As `TargetSink` it knows batches, bounds and failures, with one look and one place to
 * write to for each file, and one queue before all of them, so that few need to be open at a time.
 */
export class KeyedSink implements Sink {
  private readonly options: KeyedSinkOptions;
  private readonly queue: JobQueue;
  /** By name, in the order of their first records. */
  private readonly lanes = new Map<string, Lane>();
  /** The looks of files that were written before the mark, and not since. */
  private readonly formats: Map<string, Value>;
  private held = 0;
  private given: Promise<void> = Promise.resolve();

  constructor(options: KeyedSinkOptions) {
    const { context, targets, from, name } = options;
    this.options = options;
    this.queue = new JobQueue((error) => {
      this.given = targets.abandon();
      context.fail(sinkFailure(name, error));
    });
    this.formats = new Map((from as unknown as Mark | undefined)?.formats);
    if (targets.begin !== undefined) this.queue.after(() => targets.begin!());
    if (from !== undefined) this.queue.after(() => targets.goBack());
  }

  push(record: Value): void {
    const lane = this.laneOf(record);
    if (lane === undefined) return;
    lane.isOpen = true;
    lane.format.push(record);
    if (this.held >= Math.min(MOST_HELD, this.options.rotation?.most ?? MOST_HELD)) this.write();
  }

  close(span: Span): void {
    const { per, targets } = this.options;
    for (const lane of this.lanes.values()) {
      if (lane.isOpen) lane.format.close(span, 0);
      lane.isOpen = false;
    }
    this.write();
    this.forgetOver();
    if (per === 'run') {
      void this.queue.flush();
    } else if (this.lanes.size > 0) {
      this.queue.after(() => targets.close(span));
      // Each file has a look of its own.
      this.lanes.clear();
    }
  }

  flush(): void {
    if (this.options.per === 'batch') return;
    this.write();
    void this.queue.flush();
  }

  get isHolding(): boolean {
    if (this.options.per === 'batch') return this.lanes.size > 0;
    return [...this.lanes.values()].some(({ format }) => format.isHolding === true);
  }

  blocked(): Promise<void> | undefined {
    return this.queue.blocked();
  }

  mark(): Promise<Value | undefined> {
    const formats = new Map(this.formats);
    for (const [name, { format }] of this.lanes) if (format.mark !== undefined) formats.set(name, format.mark);
    const { targets, rotation } = this.options;
    const names = rotation === undefined ? {} : { rotation: rotation.mark() };
    return this.queue.behind(async () => ({ at: await targets.mark(), formats: [...formats], ...names }));
  }

  async finish(): Promise<void> {
    const { targets } = this.options;
    this.queue.after(() => targets.finish());
    await this.queue.flush();
    await this.given;
    // A batch that was not closed, since the run has failed, is no answer.
    await targets.abandon();
  }

  /** What the record is written to; undefined where that is told as wrong. */
  private laneOf(record: Value): Lane | undefined {
    const { by, context, rotation, format } = this.options;
    let begin = '';
    try {
      if (by !== undefined) begin = fileNameOf(by(record));
    } catch (error) {
      reportBad(context, error, record);
      return undefined;
    }
    const name = rotation === undefined ? begin : rotation.nameOf(begin, context.now());
    // A batch may be all of the input, and have more files than can be known at a time.
    if (rotation?.hasOver === true && isLineByLine(format)) {
      this.write();
      this.forgetOver();
    }
    return this.lanes.get(name) ?? this.newLane(name, begin);
  }

  /** Lets go of files that others have followed. */
  private forgetOver(): void {
    const { rotation, targets } = this.options;
    for (const name of rotation?.takeOver() ?? []) {
      this.lanes.delete(name);
      this.formats.delete(name);
      this.queue.after(async () => await targets.forget?.(name));
    }
  }

  private newLane(name: string, begin: string): Lane | undefined {
    const { format, context, targets, most, per } = this.options;
    if (this.lanes.size >= most) {
      this.queue.fail(tooMany(this.options.name, most, per));
      return undefined;
    }
    try {
      const columns = targets.columns?.(name);
      const write = (piece: string | Uint8Array) => {
        const text = typeof piece === 'string' ? piece : Buffer.from(piece).toString();
        lane.text += text;
        this.held += text.length;
      };
      const from = this.formats.get(name);
      const lane: Lane = {
        begin,
        format: createFormat(format, write, context, { columns, from }),
        text: '',
        isOpen: false,
      };
      this.lanes.set(name, lane);
      return lane;
    } catch (error) {
      this.queue.fail(error);
      return undefined;
    }
  }

  /** Queues what is held, file by file. */
  private write(): void {
    const { targets, rotation } = this.options;
    this.held = 0;
    for (const [name, lane] of this.lanes) {
      if (lane.text === '') continue;
      const bytes = Buffer.from(lane.text);
      lane.text = '';
      rotation?.wrote(lane.begin, name, bytes.length);
      this.queue.after(() => targets.write(name, bytes), bytes.length);
    }
  }
}

function tooMany(name: string, most: number, per: 'run' | 'batch'): RunFailure {
  const when = per === 'run' ? '' : ' in a batch';
  return new RunFailure(
    'sink-files',
    4,
    `cannot write to ${name}: more than ${most} different files${when}`,
    '`by:` should give few different values; `files:` allows for more',
  );
}
