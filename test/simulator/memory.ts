/**
 * Thirty days of a live run, in which keys and clients come and go and never come again. What is kept is of those that are still there, so
 * the heap after thirty days is what it was after five. Kernels, which keep so many texts at hand that they know, and no more, are left
 * out: they would have come to that long after.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Output } from '../../src/flow/define/context.ts';
import { LocalRun } from '../../src/run/local/local-run.ts';
import { Random } from '../../src/run/trials/random.ts';
import { optionsOf, planOf } from '../support/two-sources.ts';
import { SimulatedClock } from './instruments.ts';
import { settle, Tap } from './tap.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Ten minutes a batch, so that a day is 144 of them. */
const INTERVAL = 10 * MINUTE;
const BATCHES_A_DAY = DAY / INTERVAL;

/** How many keys begin in each batch, and how many batches each of them lasts. */
const KEYS = 6;
const KEY_BATCHES = 4;
/** How many clients come in each batch, and how many batches each of them stays. */
const CLIENTS = 4;
const CLIENT_BATCHES = 2;

/** Records have a key `.k`, a time `.t` within their batch, and a number `.n`. Each program has several ways to keep something of them. */
export const PROGRAMS = {
  'state by key':
    'let all = left | json | map([.k, .n]); ' +
    'all | updateStateByKey((values, state) => if(len(values) == 0, null, sum(values) + (state ?? 0))); ' +
    'all | mapWithState((key, value, state) => [(state ?? 0) + 1, key], timeout: 30m)',
  dedupe: 'let all = left | json; all | dedupe(.k, within: 1h); all | dedupe(.k, on: .t, within: 1h)',
  windows: 'let all = left | json; all | countBy(.k) | window(1h, 20m); all | window(40m, 10m) | sortBy(.k) | take(3)',
  'windows of event time':
    'let all = left | json; all | window(30m, on: .t) | map([.k, .n]); ' +
    'all | window(30m, on: .t) | groupBy(.k, {n: count(), names: approxDistinct(.n), p: p90(.n)})',
  sessions:
    'let all = left | json; all | session(.k, {n: count()}, gap: 20m); all | session(.k, {n: count()}, gap: 20m, on: .t)',
  joins:
    'let all = left | json | map([.k, .n]); all | join(right | json | map([.k, .n])); ' +
    'all | window(30m, 10m) | cogroup(right | json | map([.k, .n]))',
  csv: 'left | csv | countBy(.k)',
} as const;

/** Bytes. 22,000 keys and 14,000 clients come and go in the days between, of which each would take twice as much as is let be, at least. */
export const LEAST_LEAK = 640 * 1024;

/** An output that keeps nothing. */
const nowhere: Output = { write() {}, blocked: () => undefined, flush: () => Promise.resolve() };

let collect: (() => void) | undefined;

/** Bytes that are in use on the heap. */
function heapUsed(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** How much more is on the heap at the end of a run than was after some of its days, bytes. */
export async function heapGrowth(program: string, days = 30, after = 5): Promise<number> {
  const clock = new SimulatedClock(0);
  const simulated = { program, interval: INTERVAL };
  const batchTime = { time: 0 };
  const taps: Tap[] = [];
  const open = () => ({
    kind: 'live' as const,
    open: (_args: object, context: ConstructorParameters<typeof Tap>[0]) => ({
      run: () => {
        const tap = new Tap(context);
        taps.push(tap);
        return tap.over;
      },
    }),
  });
  const run = new LocalRun(
    planOf(simulated, open, batchTime),
    { ...optionsOf(simulated, { clock, stdout: nowhere }), kernels: false },
    batchTime,
  );
  const ran = run.run();
  await settle();
  const random = new Random(1);
  let before = 0;
  for (let batch = 0; batch < days * BATCHES_A_DAY; batch++) {
    if (batch === after * BATCHES_A_DAY) before = heapUsed();
    for (const tap of taps) liveThrough(tap, batch, program.includes('csv') ? csvOf : jsonOf, random);
    const end = (batch + 1) * INTERVAL;
    while (clock.ring(end)) await settle();
    clock.reach(end);
  }
  const growth = heapUsed() - before;
  if (run.state().records < days * BATCHES_A_DAY * CLIENTS) throw new Error('too little came');
  run.stop();
  await ran;
  return growth;
}

/** What comes in a batch: old clients have left, new ones are there, and each says something of a key or two that are there. */
function liveThrough(
  tap: Tap,
  batch: number,
  linesOf: (records: readonly Said[], isNew: boolean) => readonly string[],
  random: Random,
): void {
  const newest = batch * CLIENTS;
  for (let i = 0; i < CLIENTS; i++) tap.leave(newest - CLIENTS * CLIENT_BATCHES + i);
  for (let client = newest - CLIENTS * (CLIENT_BATCHES - 1); client < newest + CLIENTS; client++) {
    const records = Array.from({ length: random.whole(1, 3) }, () => said(batch, random));
    if (client >= 0) tap.give(client, linesOf(records, client >= newest));
  }
}

interface Said {
  readonly k: string;
  readonly n: number;
  readonly t: string;
}

function said(batch: number, random: Random): Said {
  const key = Math.max(0, batch * KEYS - random.whole(0, KEYS * KEY_BATCHES));
  const time = batch * INTERVAL + random.whole(0, INTERVAL - 1);
  return { k: `key number ${key}`, n: random.whole(0, 99), t: new Date(time).toISOString() };
}

const jsonOf = (records: readonly Said[]) => records.map((record) => JSON.stringify(record));

/** Each client has a header of its own. */
const csvOf = (records: readonly Said[], isNew: boolean) => [
  ...(isNew ? ['k,n,t'] : []),
  ...records.map(({ k, n, t }) => `${k},${n},${t}`),
];
