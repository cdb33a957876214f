import type { Clock } from '../../base/clock.ts';
import { parseDuration } from '../../base/duration.ts';
import { toJson, toText } from '../../base/json.ts';
import { nearest } from '../../base/nearest.ts';
import type { Batch } from './batch.ts';
import type { Events } from './batch-text.ts';
import { readMoment } from './moment.ts';
import { Refusal } from './refusal.ts';
import type { Asked } from './representations.ts';
import type { Ring } from './ring.ts';
import { keyOfParts } from './row-keys.ts';
import type { View } from './view.ts';

/** The longest that an answer is kept waiting for, ms. */
const LONGEST_WAIT = 60_000;
/** Rows of several results together: more are text of seconds, in which the stream would stand still. */
const MOST_ROWS = 200_000;

interface Waiting {
  readonly clock: Clock;
  /** Has this called when who asks has gone. */
  gone(call: () => void): void;
}

/**
 * What of a view is asked for.
 *
 * @returns undefined where nothing new came while it was waited for.
 * @throws Refusal.
 */
export async function askedOf(
  view: View,
  events: Events,
  query: URLSearchParams,
  waiting: Waiting,
): Promise<Asked | undefined> {
  const [at, since, wait, last] = ['at', 'since', 'wait', 'last'].map((name) => query.get(name) ?? undefined);
  if ([at, since, wait, last].filter((given) => given !== undefined).length > 1) {
    throw new Refusal(400, 'too-much', 'at, since, last and wait are ways to ask; give one of them');
  }
  const now = waiting.clock.now();
  if (since !== undefined) return several(view.ring.since(readMoment(since, 'since', now)));
  if (at !== undefined) return { batch: view.ring.at(readMoment(at, 'at', now)) ?? notKept(view) };
  if (last !== undefined) return several(view.ring.all.slice(-countOf(last)));
  const newest = view.ring.newest;
  if (wait === undefined) return { batch: newest ?? nothingYet(view) };
  const after = afterOf(query.get('after') ?? undefined, events, view.ring);
  if (newest !== undefined && newest.number > after) return { batch: newest };
  const longest = parseDuration(wait);
  if (longest === undefined)
    throw new Refusal(400, 'no-duration', `wait is a duration, found ${wait.slice(0, 60)}`, 'wait=30s');
  const batch = await nextBatch(view, Math.min(longest, LONGEST_WAIT), waiting);
  if (batch === undefined && view.refusal !== undefined) throw view.refusal;
  return batch && { batch };
}

function several(batches: readonly Batch[]): Asked {
  const rows = batches.reduce((sum, { records }) => sum + records.length, 0);
  if (rows <= MOST_ROWS || batches.length <= 1) return { batches };
  const [many, most] = [rows, MOST_ROWS].map((count) => count.toLocaleString('en-US'));
  throw new Refusal(
    413,
    'too-many-rows',
    `these are ${batches.length} results with ${many} rows, of which an answer has ${most} at most`,
    `ask for fewer: last=${Math.max(1, Math.floor((batches.length * MOST_ROWS) / rows))}`,
  );
}

function countOf(last: string): number {
  if (/^\d{1,9}$/.test(last) && Number(last) > 0) return Number(last);
  throw new Refusal(400, 'no-number', `last is how many results, found ${last.slice(0, 60)}`, 'last=60');
}

function afterOf(after: string | undefined, events: Events, ring: Ring): number {
  if (after === undefined) return ring.newest?.number ?? 0;
  // What is of another run is no number of this one: whatever there is is new.
  if (/^\d{1,15}\.\w+$/.test(after)) return events.numberOf(after, ring) ?? 0;
  const number = events.numberOf(after, ring);
  if (number !== undefined) return number;
  throw new Refusal(400, 'no-batch', `after is the number of a batch, found ${after.slice(0, 60)}`, 'after=12');
}

function nextBatch(view: View, longest: number, { clock, gone }: Waiting): Promise<Batch | undefined> {
  return new Promise((resolve) => {
    let unfollow = () => {};
    let callOff = () => {};
    const done = (batch: Batch | undefined) => {
      unfollow();
      callOff();
      resolve(batch);
    };
    callOff = clock.at(clock.now() + longest, () => done(undefined));
    gone(() => done(undefined));
    unfollow = view.follow({ batch: done, end: () => done(undefined) });
    if (view.isOver) unfollow();
  });
}

function nothingYet(view: View): never {
  throw new Refusal(503, 'nothing-yet', `there is no result of ${view.name} yet`, 'ask again, or with ?wait=30s', {
    headers: { 'retry-after': '1' },
  });
}

function notKept(view: View): never {
  const [oldest] = view.ring.all;
  if (oldest === undefined) return nothingYet(view);
  throw new Refusal(
    404,
    'not-kept',
    `nothing is kept of ${view.name} from that time`,
    `the oldest result that is kept is of ${new Date(oldest.span.time).toISOString()}; serve(…, keep: 1h) keeps more`,
  );
}

/** The row of a key in the newest result, as JSON. @param parts of a key of several columns, one each. @throws Refusal. */
export function rowOf(view: View, parts: readonly string[]): string {
  const { keys, records } = view.ring.newest ?? nothingYet(view);
  if (keys === undefined) {
    throw new Refusal(
      404,
      'no-keys',
      `the rows of ${view.name} have no keys`,
      'rows of pairs, and of groupBy, are known by their keys as long as there is one row for each',
    );
  }
  const key = keyOfParts(parts);
  const place = keys.indexOf(key);
  if (place !== -1) return `${toJson(records[place]!)}\n`;
  const near = nearKeys(key, keys);
  throw new Refusal(
    404,
    'unknown-key',
    `there is no row with the key ${toText(key).slice(0, 100)}`,
    near.length === 0 ? `there are ${keys.length} keys` : `near it are: ${near.join(', ')}`,
    { more: { near } },
  );
}

/** Keys that may be meant: one that differs by little, and those that begin alike or hold it. */
function nearKeys(key: string, keys: readonly string[]): readonly string[] {
  const likely = nearest(key, keys.slice(0, 10_000));
  const wanted = key.toLowerCase();
  const alike = keys.filter(
    (other) => other.toLowerCase().includes(wanted) || wanted.startsWith(other.toLowerCase() || ' '),
  );
  return [...new Set([...(likely === undefined ? [] : [likely]), ...alike])].slice(0, 5);
}
