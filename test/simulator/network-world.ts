/**
 * What happens to a run that reads of other machines, all of it under one seed: who connects when, what comes of each connection in what pieces,
 * how it ends, and who takes what comes out.
 */
import { Random } from '../../src/run/trials/random.ts';
import type { Judged } from './judge.ts';
import type { Answer } from './sockets.ts';
import type { Happening } from './world.ts';

/** What happens; times are ms since the start. */
export type NetworkHappening =
  | Extract<Happening, { readonly kind: 'pass' | 'sleep' | 'shut' | 'open' }>
  /** One of those who send connects to the server of the run, unless it is connected. */
  | { readonly kind: 'dial'; readonly client: number }
  /** The machine that the run connects to answers from now on in another way. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Bytes come of a connection, of which a character stands for one each. */
  | { readonly kind: 'say'; readonly client: number; readonly bytes: string }
  /** So many long lines come of a connection, more than is taken while nobody takes what comes out. */
  | { readonly kind: 'flood'; readonly client: number; readonly lines: number }
  /** The other end has nothing more. */
  | { readonly kind: 'leave'; readonly client: number }
  /** The connection breaks off. */
  | { readonly kind: 'break'; readonly client: number };

export interface NetworkWorld extends Judged {
  readonly source: 'listen' | 'connect';
  /** Whether more may come than is kept while nobody takes what comes out. */
  readonly isFlooded: boolean;
  readonly happenings: readonly NetworkHappening[];
}

/** How many clients a server lets in at once, and how many there are. */
export const LET_IN = 2;
const CLIENTS = 3;

/** `SOURCE` is the source. Durations are in intervals. */
const PROGRAMS = [
  'SOURCE',
  'SOURCE | words | countByValue',
  'SOURCE | count',
  'SOURCE | words | countByValue | running',
  'SOURCE | words | countByValue | window(3i, 1i)',
  'SOURCE | words | distinct | sort | take(3)',
] as const;

/** With characters of one to four bytes. */
const LINES = ['a', 'b', 'a b', '', 'ä', '€ c', '😀 a', 'b\r'] as const;

/** The world of a seed. */
export function networkWorldOf(seed: number): NetworkWorld {
  const random = new Random(seed);
  const interval = random.pick([100, 1000]);
  const source = random.pick(['listen', 'listen', 'connect'] as const);
  const isFlooded = random.chance(0.05);
  const happenings = new Happenings(random, interval, source, isFlooded).all();
  const program = isFlooded ? 'SOURCE' : random.pick(PROGRAMS);
  return {
    source,
    isFlooded,
    program: program.replaceAll(/\b(\d+)i\b/g, (_, count) => `${Number(count) * interval}ms`),
    interval,
    batches: random.chance(0.1) ? random.whole(1, 6) : undefined,
    drag: 0,
    happenings,
    ending: random.pick(['stop', 'stop', 'stop', 'stop', 'closed', 'failed']),
  };
}

class Happenings {
  private readonly random: Random;
  private readonly interval: number;
  private readonly source: NetworkWorld['source'];
  private readonly isFlooded: boolean;
  /** What each client is about to say. */
  private readonly ahead = new Map<number, Buffer>();

  constructor(random: Random, interval: number, source: NetworkWorld['source'], isFlooded: boolean) {
    this.random = random;
    this.interval = interval;
    this.source = source;
    this.isFlooded = isFlooded;
  }

  all(): readonly NetworkHappening[] {
    const { random } = this;
    const count = random.whole(3, 30);
    const some = [...this.first(), ...Array.from({ length: count }, () => this.one())];
    // What had to wait is read once there is room: by chance alone there was in three of 3,000 worlds.
    return this.isFlooded && random.chance(0.5) ? [...some, { kind: 'open' }] : some;
  }

  private first(): readonly NetworkHappening[] {
    if (this.source === 'listen') return [{ kind: 'dial', client: 0 }];
    if (this.random.chance(0.8)) return [];
    // Nobody is there until no pause gets longer.
    return [
      { kind: 'answer', answer: 'down' },
      { kind: 'leave', client: 0 },
      { kind: 'pass', ms: this.random.whole(60_000, 100_000) },
    ];
  }

  private one(): NetworkHappening {
    const { random, interval } = this;
    const die = random.next();
    const client = this.source === 'connect' ? 0 : random.whole(0, CLIENTS - 1);
    if (die < 0.4) return this.isFlooded && random.chance(0.3) ? flood(random, client) : this.say(client);
    if (die < 0.62) {
      const long = this.source === 'connect' ? random.whole(1, 40_000) : random.whole(1, 3 * interval);
      return { kind: 'pass', ms: random.pick([1, interval / 2, interval, 250, long]) };
    }
    if (die < 0.66) return { kind: 'sleep', ms: random.whole(1, 8 * interval) };
    if (die < 0.74) return { kind: random.chance(this.isFlooded ? 0.7 : 0.4) ? 'shut' : 'open' };
    if (die < 0.86) return this.begin(client);
    return { kind: random.chance(0.6) ? 'leave' : 'break', client };
  }

  private begin(client: number): NetworkHappening {
    if (this.source === 'connect') {
      return { kind: 'answer', answer: this.random.pick(['up', 'up', 'down', 'down', 'mute']) };
    }
    this.ahead.delete(client);
    return { kind: 'dial', client };
  }

  /** The next bytes of what a client says, cut anywhere. */
  private say(client: number): NetworkHappening {
    const { random } = this;
    let ahead = this.ahead.get(client) ?? Buffer.alloc(0);
    const size = random.whole(1, 20);
    while (ahead.length < size) ahead = Buffer.concat([ahead, Buffer.from(`${random.pick(LINES)}\n`)]);
    this.ahead.set(client, ahead.subarray(size));
    return { kind: 'say', client, bytes: ahead.toString('latin1', 0, size) };
  }
}

function flood(random: Random, client: number): NetworkHappening {
  return { kind: 'flood', client, lines: random.whole(5, 60) };
}
