import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import { retrying } from '../connections/retrying.ts';
import type { SinkContext } from '../define/context.ts';
import type { Sink } from '../define/sink.ts';
import { reasonOf } from '../input/fault.ts';
import { JobQueue } from '../output/job-queue.ts';
import { reportBad } from '../records/report-bad.ts';
import { helpFor, mayPass } from './failure.ts';

/** So many messages, or about so many bytes, are sent together. */
const MOST_MESSAGES = 1000;
const MOST_BYTES = 1024 * 1024;

/** What a message counts for beside its text, bytes. */
const WEIGHT = 100;

/** A connection over which messages are sent. */
export interface Outward<T> {
  /** Resolves when the server has taken all of them; rejects where it has not, or nobody knows. */
  send(messages: readonly T[]): Promise<void>;
  /** Lets go of it at once. */
  close(): void;
}

interface MessageSinkOptions<T> {
  /** What is written to, in messages. */
  readonly name: string;
  /** Connects. */
  readonly open: () => Promise<Outward<T>>;
  /** What becomes of a record, and how many bytes it has. @throws BadRecord */
  readonly messageOf: (record: Value) => { readonly message: T; readonly size: number };
  /** How long failures that may pass are tried again, ms. */
  readonly retry: number;
  readonly context: SinkContext;
}

/** Sends each record as a message to a server that says when it has arrived. What was not confirmed is sent again, over a connection that is made anew. */
export class MessageSink<T> implements Sink {
  private readonly options: MessageSinkOptions<T>;
  private readonly jobs: JobQueue;
  private outward: Outward<T> | undefined;
  private messages: T[] = [];
  private weight = 0;
  /** Nothing of a batch waits for its end. */
  readonly isClear = true;

  constructor(options: MessageSinkOptions<T>) {
    this.options = options;
    this.jobs = new JobQueue((error) => {
      this.letGo();
      options.context.fail(brokerFailure(options.name, error));
    });
    // A server that is not there, or does not let in, is told of at the start.
    this.jobs.after(() => this.send([]));
  }

  push(record: Value): void {
    try {
      const { message, size } = this.options.messageOf(record);
      this.messages.push(message);
      this.weight += size + WEIGHT;
    } catch (error) {
      reportBad(this.options.context, error, record);
    }
    if (this.messages.length >= MOST_MESSAGES || this.weight >= MOST_BYTES) this.cut();
  }

  close(): void {
    this.cut();
  }

  flush(): void {
    this.cut();
  }

  blocked(): Promise<void> | undefined {
    return this.jobs.blocked();
  }

  mark(): Promise<Value | undefined> {
    this.cut();
    return this.jobs.behind(async () => null);
  }

  async finish(): Promise<void> {
    this.cut();
    await this.jobs.flush();
    this.letGo();
  }

  private letGo(): void {
    this.outward?.close();
    this.outward = undefined;
  }

  private cut(): void {
    const { messages, weight } = this;
    if (messages.length === 0) return;
    this.messages = [];
    this.weight = 0;
    const ground = this.options.context.ground?.();
    this.jobs.after(async () => {
      await ground?.written();
      await this.send(messages);
    }, weight);
  }

  private send(messages: readonly T[]): Promise<void> {
    const { retry, context, name, open } = this.options;
    const work = async () => {
      try {
        this.outward ??= await open();
        await this.outward.send(messages);
      } catch (error) {
        this.letGo();
        throw error;
      }
    };
    return retrying(work, {
      within: retry,
      mayPass,
      note: (message) => context.note(message),
      words: (error) => brokerFailure(name, error).message,
    });
  }
}

/** A sink's failure for good, exit 4. @param name what was written to. */
export function brokerFailure(name: string, error: unknown): RunFailure {
  if (error instanceof RunFailure) return error;
  const code = mayPass(error) ? 'sink-unreachable' : 'sink-refused';
  return new RunFailure(code, 4, `cannot write to ${name}: ${reasonOf(error)}`, helpFor(error));
}
