import type { IncomingMessage } from 'node:http';
import { field, type NewFields, setField } from '../../base/value.ts';
import type { KeyedPlaces } from '../keyed/keyed-places.ts';
import type { Post, Taken } from './post-server.ts';
import { Refused } from './refused.ts';
import type { Reply } from './reply.ts';

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

/** The requests that a source takes, each once where it has a key. */
export class Requests {
  readonly places: KeyedPlaces;
  private readonly isTagged: boolean;

  constructor(places: KeyedPlaces, isTagged: boolean) {
    this.places = places;
    this.isTagged = isTagged;
  }

  /** An answer where it was taken before. @throws Refused where its key is none. */
  readonly known = (request: IncomingMessage): Promise<Reply> | undefined => {
    const key = keyOf(request);
    return key === undefined ? undefined : this.places.known(key)?.then(() => REPLAYED);
  };

  readonly take = ({ peer, path, request, body }: Post): Taken => {
    const again = this.known(request);
    if (again !== undefined) return { full: undefined, done: again };
    const tag = this.isTagged ? { path, headers: headersOf(request) } : {};
    const { full, done } = this.places.take(peer, { key: keyOf(request), tag }, body);
    return { full, done: done.then(() => ({})) };
  };
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
