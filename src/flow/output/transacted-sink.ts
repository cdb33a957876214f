import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Place } from '../connections/place.ts';
import type { SinkContext } from '../define/context.ts';
import type { Sink, SinkStart } from '../define/sink.ts';
import { JobQueue } from './job-queue.ts';
import { mayBeTwice } from './may-be-twice.ts';

/** A mark of such a sink. */
interface Mark {
  readonly id: string;
  readonly at: Place;
  readonly written: Place | null;
}

/** What an earlier run left off with; undefined where it is not gone on with. */
export function markOf(from: SinkStart | undefined): Mark | undefined {
  return from?.isOther === true ? undefined : (from?.mark as unknown as Mark | undefined);
}

/** What writes in transactions, each of which also says how far the sink has come. */
interface TransactedWriter {
  readonly id: string;
  /** Up to where all is there for good; undefined where nothing is. */
  readonly written: Place | undefined;
  /** @param isKept whether a later run may go on. Never rejects. */
  close(isKept: boolean): Promise<void>;
}

interface TransactedSettings {
  readonly context: SinkContext;
  readonly from: SinkStart | undefined;
  /** What it writes to, in messages. */
  readonly what: string;
  /** Each batch takes the place of the one before, so that none comes out in parts. */
  readonly replaces?: boolean;
  /** What an error is in words. */
  readonly words: (error: unknown) => string;
}

/**
 * A sink that writes each batch in one transaction, with how far it has come in the same. Of input that is one batch, so many records at a
 * time.
 *
 *     push ──▶ part ──close──▶ job: begin, records, place, commit
 *                              └─ again, and the connection anew, for as long as `retry:` says
 */
export abstract class TransactedSink implements Sink {
  protected abstract readonly writer: TransactedWriter;
  protected readonly jobs: JobQueue;
  /** Where the next record belongs. */
  protected at: Place;
  private readonly settings: TransactedSettings;

  constructor(settings: TransactedSettings) {
    const { context, from, what, words } = settings;
    this.settings = settings;
    this.at = markOf(from)?.at ?? { batch: 0, records: 0 };
    if (from?.isOther === true) context.note(mayBeTwice(what));
    this.jobs = new JobQueue((error) => {
      this.failed();
      context.fail(error instanceof RunFailure ? error : new RunFailure('sink-failed', 4, words(error)));
    });
  }

  abstract push(record: Value): void;
  abstract close(): void;
  abstract get isHolding(): boolean;
  /** What it counts for in bounds that was pushed and is not under way, bytes. */
  protected abstract get weight(): number;
  /** What was pushed is not to come out. */
  protected abstract drop(): void;
  /** What was pushed goes out, as far as it is not there. */
  protected abstract cut(): void;

  /** It has failed, and nothing more comes out. */
  protected failed(): void {
    this.drop();
  }

  flush(): void {
    if (this.mayCut && this.isHolding) this.cut();
  }

  get isClear(): boolean {
    return this.mayCut || !this.isHolding;
  }

  blocked(): Promise<void> | undefined {
    return this.jobs.blocked();
  }

  async mark(): Promise<Value | undefined> {
    this.flush();
    const { at } = this;
    const mark = () => ({ id: this.writer.id, at, written: this.writer.written ?? null }) satisfies Mark;
    return this.jobs.behind(async () => mark() as unknown as Value);
  }

  async leave(): Promise<void> {
    await this.end(true);
  }

  async finish(): Promise<void> {
    await this.end(this.settings.context.intents !== undefined);
  }

  private async end(isKept: boolean): Promise<void> {
    // A batch that was not closed, since the run has failed, is no answer.
    this.drop();
    await this.jobs.flush();
    await this.writer.close(isKept);
  }

  /** The batch of what is cut: where it is closed, the next one has begun. */
  protected get batch(): number {
    const { batch, records } = this.at;
    return records === 0 ? batch - 1 : batch;
  }

  /** Whether what was pushed may come out before the batch is whole: where all input is one, and comes again in the same order if it does. */
  private get mayCut(): boolean {
    const { context, replaces = false } = this.settings;
    const { isOneBatch = false, isOfOneSource = false, intents } = context;
    return isOneBatch && !replaces && (intents === undefined || isOfOneSource);
  }

  /** What was pushed is large. */
  protected overflow(): void {
    const { context, what } = this.settings;
    if (this.mayCut) this.cut();
    else if (this.weight > context.stateMax) {
      this.jobs.fail(
        new RunFailure(
          'state-max',
          1,
          `a batch for ${what} takes more than --state-max`,
          'make batches shorter with --batch, or give a higher --state-max',
        ),
      );
    }
  }

  /** Resolves when it is kept that something is about to be written, and with it where the batch ends: else it could come again with other records. */
  protected async intend(): Promise<void> {
    await this.settings.context.intents?.write(null);
  }
}
