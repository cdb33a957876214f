import { BrokerFault } from '../brokers/failure.ts';
import { FieldReader } from './fields.ts';
import type { Method } from './frames.ts';

/** Methods by which a server ends something. */
const CLOSE_CONNECTION = (10 << 16) | 50;
const CLOSE_CHANNEL = (20 << 16) | 40;
const CANCEL = (60 << 16) | 30;

/** Numbers of what is wrong. */
const REFUSED = 403;
const ABSENT = 404;
const LOCKED = 405;
const PRECONDITION = 406;
const NOT_ALLOWED = 530;

/** Of these the server gets over: it was told to end, a queue is in use by another client alone, it lacks something, or was at fault. */
const PASSING = new Set([320, ABSENT, LOCKED, 506, 541]);

/** What users may do about it. */
const HELP: { readonly [code: number]: string } = {
  [REFUSED]: 'the URL says who logs in, and what they may do is decided there: `"amqp://user:${AMQP_PASSWORD}@host"`',
  [NOT_ALLOWED]: 'the URL names the virtual host: `"amqp://localhost/name"`, and without a name it is `/`',
};

/** What a server says where it ends something. */
export class AmqpFault extends BrokerFault {
  private readonly number: number;

  constructor(code: number, words: string) {
    // So long as a consumer may take to acknowledge is for the server to say; the next one may be quicker.
    const mayPass = PASSING.has(code) || (code === PRECONDITION && /timed out|timeout/i.test(words));
    super(words === '' ? `it ended with ${code}` : words, { mayPass, help: HELP[code] });
    this.number = code;
  }

  /** There is no such queue, or exchange. */
  get isAbsence(): boolean {
    return this.number === ABSENT;
  }

  /** The most bytes of a message that the server takes, where it says that one is larger. */
  get largest(): number | undefined {
    const most = /larger than (?:configured )?max size (\d+)/.exec(this.message)?.[1];
    return this.number === PRECONDITION && most !== undefined ? Number(most) : undefined;
  }
}

/** That the server ends the connection, the channel, or the reading of a queue; undefined where a method says something else. */
export function faultOf({ number, args }: Method): AmqpFault | undefined {
  if (number === CANCEL) return new AmqpFault(ABSENT, 'the queue is gone, or nobody may read it now');
  if (number !== CLOSE_CONNECTION && number !== CLOSE_CHANNEL) return undefined;
  const reader = new FieldReader(args);
  return new AmqpFault(reader.short(), reader.shortText());
}
