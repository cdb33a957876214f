import { entriesOf } from '../../base/fields.ts';
import { toText } from '../../base/json.ts';
import { BadRecord, RunFailure } from '../../base/problem.ts';
import { aKind, isFields, type Value } from '../../base/value.ts';
import { retrying } from '../connections/retrying.ts';
import type { SinkContext } from '../define/context.ts';
import type { TlsFiles } from '../define/network.ts';
import type { Sink } from '../define/sink.ts';
import { codeOf } from '../input/fault.ts';
import { sinkFailure } from '../output/failure.ts';
import { JobQueue } from '../output/job-queue.ts';
import { reportBad } from '../records/report-bad.ts';
import { AgentBusy, AgentClient, type FlumeEvent } from './client.ts';

/** So many events, or about so many bytes, are sent together: what agents take in one transaction unless told otherwise is 100 or more. */
const BATCH_EVENTS = 100;
const BATCH_BYTES = 1024 * 1024;

/** What an event counts for beside its body, bytes. */
const WEIGHT = 100;

/** Failures of connections that may pass. */
const PASSING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);

interface EventSinkOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsFiles | undefined;
  readonly deflate: boolean;
  /** A record as the body of its event. */
  readonly toText: (record: Value) => string;
  /** The headers of its event, an object; undefined where there are none. */
  readonly headers: ((record: Value) => Value) | undefined;
  /** How long failures that may pass are tried again, ms. */
  readonly retry: number;
  readonly context: SinkContext;
}

/** Sends records as events to an agent of Flume. A batch that was not acknowledged is sent again, over a connection that is made anew. */
export class EventSink implements Sink {
  private readonly options: EventSinkOptions;
  private readonly name: string;
  private readonly jobs: JobQueue;
  private client: AgentClient | undefined;
  private events: FlumeEvent[] = [];
  private weight = 0;
  /** Nothing of a batch waits for its end. */
  readonly isClear = true;

  constructor(options: EventSinkOptions) {
    this.options = options;
    this.name = `the agent of Flume at ${options.host}:${options.port}`;
    this.jobs = new JobQueue((error) => {
      this.client?.letGo();
      options.context.fail(this.failureOf(error));
    });
    // An agent that is not there, or none, is told of at the start.
    this.jobs.after(() => this.send([]));
  }

  push(record: Value): void {
    try {
      const event = this.eventOf(record);
      this.events.push(event);
      this.weight += event.body.length + WEIGHT;
    } catch (error) {
      reportBad(this.options.context, error, record);
    }
    if (this.events.length >= BATCH_EVENTS || this.weight >= BATCH_BYTES) this.cut();
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
    this.jobs.after(async () => this.client?.close());
    await this.jobs.flush();
  }

  private eventOf(record: Value): FlumeEvent {
    const { toText: bodyOf, headers } = this.options;
    return { headers: headers === undefined ? [] : headersOf(headers(record)), body: Buffer.from(bodyOf(record)) };
  }

  private cut(): void {
    const { events, weight } = this;
    if (events.length === 0) return;
    this.events = [];
    this.weight = 0;
    const ground = this.options.context.ground?.();
    this.jobs.after(async () => {
      await ground?.written();
      await this.send(events);
    }, weight);
  }

  private send(events: readonly FlumeEvent[]): Promise<void> {
    const { retry, context } = this.options;
    const work = async () => {
      try {
        this.client ??= await AgentClient.open(context.network, this.options);
        await this.client.append(events);
      } catch (error) {
        this.client?.letGo();
        this.client = undefined;
        throw error;
      }
    };
    return retrying(work, {
      within: retry,
      mayPass: (error) => error instanceof AgentBusy || PASSING.has(codeOf(error)),
      note: (message) => context.note(message),
      words: (error) => this.failureOf(error).message,
    });
  }

  private failureOf(error: unknown): RunFailure {
    if (!(error instanceof AgentBusy)) return sinkFailure(this.name, error);
    return new RunFailure('sink-refused', 4, `cannot write to ${this.name}: ${error.message}`);
  }
}

function headersOf(headers: Value): FlumeEvent['headers'] {
  if (headers === null) return [];
  if (!isFields(headers)) throw new BadRecord('no headers', `they are an object, not ${aKind(headers)}`);
  return entriesOf(headers).map(([name, value]) => [name, toText(value)]);
}
