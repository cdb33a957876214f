import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { filledIn } from '../connections/secrets.ts';
import type { Ground } from '../define/ground.ts';
import { mayPass } from '../http/answers.ts';
import { reasonOf } from '../input/fault.ts';
import { type Informed, Messages } from './messages.ts';

/** A message is sent again, after pauses that become twice as long, while it may still arrive, for so long, ms. */
const LONGEST = 30_000;
const FIRST_PAUSE = 500;
/** How long a server may take for it, ms. */
const LONGEST_SILENCE = 10_000;

/** What is wrong with a message that was sent; undefined where it arrived. */
interface Fault {
  readonly how: string;
  readonly mayPass: boolean;
}

/**
 * A server that is sent each message by POST, as JSON, one after the other. A status from 200 to 299 says that it has arrived. What does not arrive
 * is told of, without the parts of the URL that may be secret, and ends nothing else.
 */
export class InformedUrl implements Informed {
  private readonly url: URL;
  private readonly clock: Clock;
  private readonly note: (message: string, about: string) => void;
  private readonly messages: Messages;

  /** @param url in which variables may stand. @param clock that of the wall. @param note tells the user, once for all that is about the same. */
  constructor(url: string, clock: Clock, note: (message: string, about: string) => void) {
    this.url = new URL(filledIn(url));
    this.clock = clock;
    this.note = note;
    this.messages = new Messages(
      clock,
      (line) => this.deliver(line),
      (how) => this.tell(how),
    );
  }

  inform(line: string, ground?: Ground): void {
    this.messages.inform(line, ground);
  }

  finish(): Promise<void> {
    return this.messages.finish();
  }

  private async deliver(line: string): Promise<void> {
    const end = this.clock.now() + LONGEST;
    for (let pause = FIRST_PAUSE; ; pause *= 2) {
      const fault = await this.post(line);
      if (fault === undefined) return;
      if (!fault.mayPass || this.clock.now() + pause >= end) return this.tell(fault.how);
      await new Promise<void>((resolve) => this.clock.at(this.clock.now() + pause, resolve));
    }
  }

  private async post(line: string): Promise<Fault | undefined> {
    // Loaded where something is told only.
    const { request } = this.url.protocol === 'https:' ? await import('node:https') : await import('node:http');
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(line),
      'user-agent': 'leat',
    };
    return new Promise((resolve) => {
      const asking = request(this.url, { method: 'POST', headers, agent: false });
      const callOff = this.clock.at(this.clock.now() + LONGEST_SILENCE, () => {
        asking.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      });
      const settle = (fault: Fault | undefined) => {
        callOff();
        // What else it says is nobody's matter.
        asking.on('error', () => {}).destroy();
        resolve(fault);
      };
      asking.once('error', (error) => settle({ how: `cannot be told (${reasonOf(error)})`, mayPass: true }));
      asking.once('response', (answer) => settle(faultOf(answer)));
      asking.end(line);
    });
  }

  private tell(how: string): void {
    const { origin } = this.url;
    this.note(`${origin} ${how}`, `server ${origin} ${how.split(' ')[0]}`);
  }
}

function faultOf({ statusCode: status = 0 }: IncomingMessage): Fault | undefined {
  if (status >= 200 && status < 300) return undefined;
  return { how: `answers with status ${status}`, mayPass: mayPass(status) };
}
