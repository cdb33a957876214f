import type { IncomingMessage } from 'node:http';
import { field, type NewFields, setField } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer, Progress } from '../define/framer.ts';
import type { Position } from '../define/position.ts';
import type { TextArguments } from '../framing/text.ts';
import { receive } from '../input/receiving.ts';
import { KnownKeys } from './known-keys.ts';
import type { Post, Taken } from './post-server.ts';
import { Refused } from './refused.ts';
import type { Reply } from './reply.ts';
import { RequestFramer, type RequestHead, requestBytes } from './request-framer.ts';

/** A key is no longer than this, characters. */
const LONGEST_KEY = 200;

/** What is no matter of records: it says who may send, or how the request came. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'connection',
  'keep-alive',
  'transfer-encoding',
]);

/** What is answered where a request had been taken before. */
const REPLAYED: Reply = { headers: { 'idempotent-replayed': 'true' } };

/**
 * The requests that a source takes, each as a place that data comes from: so each has lines of its own, and what is read of it ends with it. One that has a key is taken
 * once: its key is kept together with its bytes, or not at all.
 */
export class Requests {
  private readonly args: TextArguments;
  private readonly context: SourceContext;
  private readonly keys: KnownKeys;
  /** By key, those that are on their way: who sends such a one again waits with who sent it first. */
  private readonly underway = new Map<string, Promise<Reply>>();

  /** @param from what an earlier run knew of keys. */
  constructor(args: TextArguments, context: SourceContext, from: Position | undefined) {
    this.args = args;
    this.context = context;
    this.keys = new KnownKeys(from);
  }

  readonly framer = (origin: Origin, progress?: Progress): Framer => {
    const { args, context } = this;
    return new RequestFramer({ args, context, begun: (head) => this.begun(head) }, origin, progress);
  };

  /** An answer where it was taken before. @throws Refused where its key is none. */
  readonly known = (request: IncomingMessage): Promise<Reply> | undefined => {
    const key = keyOf(request);
    if (key === undefined) return undefined;
    const underway = this.underway.get(key);
    if (underway !== undefined) return underway.then(() => REPLAYED);
    return this.keys.has(key) ? this.kept().then(() => REPLAYED) : undefined;
  };

  readonly take = ({ peer, path, request, body }: Post): Taken => {
    const again = this.known(request);
    if (again !== undefined) return { full: undefined, done: again };
    const key = keyOf(request);
    const head: RequestHead = { path, headers: this.args.tag ? headersOf(request) : {}, key };
    const framer = receive(peer, this.context, this.framer);
    const full = framer.push(requestBytes(head, body));
    const done = this.finish(framer, key);
    if (key !== undefined) this.underway.set(key, done);
    return { full, done };
  };

  private async finish(framer: Framer, key: string | undefined): Promise<Reply> {
    try {
      await framer.end();
      await this.kept();
      return {};
    } finally {
      if (key !== undefined) this.underway.delete(key);
    }
  }

  /** Resolves when all that was taken is safe. */
  private kept(): Promise<void> {
    return this.context.kept?.() ?? Promise.resolve();
  }

  /** Its key is known from here on; where the run is kept, by the position behind what comes now. */
  private begun({ key }: RequestHead): void {
    if (key === undefined) return;
    const behind = this.keys.add(key);
    if (behind.length > 0 && this.context.receive !== undefined)
      void this.context.deliver({ kind: 'position', behind });
  }
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || key === '') return undefined;
  if (typeof key === 'string' && key.length <= LONGEST_KEY) return key;
  throw new Refused(400, `an Idempotency-Key has ${LONGEST_KEY} characters at most`);
}

/** The headers of a request, by their names in small letters; several of a name in one text. */
function headersOf({ rawHeaders }: IncomingMessage): NewFields {
  const fields: NewFields = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (LEFT_OUT.has(name)) continue;
    const before = field(fields, name);
    setField(fields, name, before === null ? rawHeaders[i + 1]! : `${before}, ${rawHeaders[i + 1]}`);
  }
  return fields;
}
