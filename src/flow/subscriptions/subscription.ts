import type { IncomingMessage } from 'node:http';
import { formatDuration } from '../../base/duration.ts';
import { RunFailure } from '../../base/problem.ts';
import { filledIn } from '../connections/secrets.ts';
import { readTls, type TlsSecrets, tlsFault, tlsHelp } from '../connections/tls.ts';
import type { SourceContext } from '../define/context.ts';
import type { TlsFiles } from '../define/network.ts';
import type { Position } from '../define/position.ts';
import { reasonOf } from '../input/fault.ts';
import { orAbort, sleep } from '../input/reading.ts';
import { subscribedOf } from './address.ts';
import { EventStream, type StreamEvent } from './event-stream.ts';
import { PlainEvents } from './plain-events.ts';
import { EventOutlet, type EventReading, idOf, isBefore } from './reading.ts';
import { NoStream, requestEvents } from './requests.ts';
import { ViewEvents } from './view-events.ts';

/** ms from a failure to the next try: doubled with each in a row, up to the last. */
const FIRST_PAUSE = 250;
/** A server may ask for less (`retry: 1`), and would be asked a thousand times a second. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 30_000;

/** leat sends a comment every 15 s: one that is silent for so long is gone, though nobody said so, ms. */
const LONGEST_SILENCE = 60_000;

interface SubscribeArguments extends TlsFiles {
  readonly url: string;
  readonly token: string | undefined;
  readonly wait: boolean;
  readonly changes: boolean;
  readonly maxEvent: number;
  readonly tag: boolean;
}

/** Follows a stream of events from one connection to the next. */
export class Subscription {
  private readonly args: SubscribeArguments;
  private readonly context: SourceContext;
  private readonly subscribed;
  private readonly reading: EventReading;
  /** It was reached once. */
  private isKnown = false;
  /** Whether anything came of the last connection. */
  private hasHeard = false;
  private pause = FIRST_PAUSE;
  private leastPause = FIRST_PAUSE;

  constructor(args: SubscribeArguments, context: SourceContext, [from]: Position = []) {
    this.args = args;
    this.context = context;
    this.subscribed = subscribedOf(args.url);
    const outlet = new EventOutlet(this.subscribed.name, context, from);
    const id = idOf(from);
    this.reading = this.subscribed.isView
      ? new ViewEvents(outlet, args, id, isBefore(from))
      : new PlainEvents(outlet, args.tag, id);
  }

  /** Reads until the end of the run, or until the server says that nothing more comes. Rejects with a RunFailure of exit 3. */
  async run(): Promise<void> {
    const { context } = this;
    const secrets = readTls(this.args, 3);
    while (!context.signal.aborted) {
      this.hasHeard = false;
      const reason = await this.connectOnce(secrets);
      if (reason === undefined || context.signal.aborted || (context.once && this.isKnown)) return;
      if (this.hasHeard) this.pause = this.leastPause;
      context.note(`${reason}; trying again`);
      await sleep(this.pause, context);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    }
  }

  /** @returns why there is no connection any more; undefined where there is to be none. @throws RunFailure where it is of no use to try again. */
  private async connectOnce(secrets: TlsSecrets): Promise<string | undefined> {
    const { signal } = this.context;
    const { name } = this.subscribed;
    const { token } = this.args;
    let answer: IncomingMessage | undefined;
    try {
      const { url, id } = this.asked();
      answer = await requestEvents({ url, id, secrets, token: token && filledIn(token), signal });
    } catch (error) {
      if (signal.aborted) return undefined;
      return this.refused(error);
    }
    if (answer === undefined) {
      this.context.note(`${name} says that nothing more comes`);
      return undefined;
    }
    this.context.note(`connected to ${name}`);
    this.isKnown = true;
    return this.follow(answer);
  }

  /** Who goes on from an earlier process has no rows that changes could be put on. */
  private asked(): { readonly url: URL; readonly id: string } {
    const url = new URL(this.subscribed.url);
    const { isLost, id } = this.reading;
    if (isLost) return { url, id: '' };
    if (this.subscribed.isView && !this.isKnown && id !== '') url.searchParams.set('whole', 'true');
    return { url, id };
  }

  private refused(error: unknown): string {
    const { name } = this.subscribed;
    const isWaiting = this.isKnown || (this.args.wait && !this.context.once);
    const isFinal = error instanceof NoStream ? error.isFinal : tlsFault(error) !== undefined;
    if (!isWaiting || (!this.isKnown && isFinal)) {
      const help = error instanceof NoStream ? error.help : tlsHelp(error);
      throw new RunFailure('cannot-subscribe', 3, `cannot subscribe to ${name}: ${reasonOf(error)}`, help);
    }
    return `cannot subscribe to ${name} (${reasonOf(error)})`;
  }

  private async follow(answer: IncomingMessage): Promise<string | undefined> {
    const { context, reading } = this;
    const { name } = this.subscribed;
    reading.begin();
    const events: StreamEvent[] = [];
    const stream = new EventStream(this.args.maxEvent, reading.isLost ? '' : reading.id, (event) => {
      events.push(event);
    });
    const watch = this.subscribed.isView ? this.endWhenSilent(answer) : undefined;
    const stop = () => answer.destroy();
    context.signal.addEventListener('abort', stop);
    try {
      for await (const piece of answer as AsyncIterable<Buffer>) {
        watch?.heard();
        this.hasHeard = true;
        stream.push(piece);
        for (const event of events.splice(0)) {
          if (reading.isLost || this.hasAll || context.signal.aborted) break;
          const full = reading.take(event);
          if (full !== undefined) await orAbort(full, context.signal);
        }
        if (stream.pause !== undefined) this.leastPause = Math.max(stream.pause, SHORTEST_PAUSE);
        if (this.hasAll || context.signal.aborted) return undefined;
        if (reading.isLost) return `what ${name} sends cannot be followed`;
      }
      return watch?.isSilent === true
        ? `${name} said nothing for ${formatDuration(LONGEST_SILENCE)}`
        : `${name} closed the connection`;
    } catch (error) {
      return watch?.isSilent === true
        ? `${name} said nothing for ${formatDuration(LONGEST_SILENCE)}`
        : `the connection to ${name} broke (${reasonOf(error)})`;
    } finally {
      watch?.end();
      context.signal.removeEventListener('abort', stop);
      answer.destroy();
    }
  }

  /** With `--once` what is there is wanted: of a view its newest result. */
  private get hasAll(): boolean {
    return this.context.once && this.reading.hasResult;
  }

  private endWhenSilent(answer: IncomingMessage) {
    const { clock } = this.context;
    let last = clock.now();
    let callOff = () => {};
    const watch = {
      isSilent: false,
      heard: () => {
        last = clock.now();
      },
      end: () => callOff(),
    };
    const look = () => {
      callOff = clock.at(last + LONGEST_SILENCE, () => {
        if (clock.now() - last < LONGEST_SILENCE) return look();
        watch.isSilent = true;
        answer.destroy();
      });
    };
    look();
    return watch;
  }
}
