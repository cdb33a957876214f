import type { Clock } from '../../base/clock.ts';
import { Events } from './batch-text.ts';
import { Feed } from './feed.ts';
import { Refusal } from './refusal.ts';
import type { ServedView } from './served-view.ts';
import { ThenThread } from './then-thread.ts';

/** Stages of so many kinds are at work at once, of all who look. */
const MOST_THREADS = 8;
/** Those that nobody asks for are kept for so long, ms, since who asked once may ask again. */
const IDLE = 60_000;
const LONGEST_STAGES = 2000;

interface Derived {
  readonly thread: ThenThread;
  served?: Promise<ServedView>;
  /** When somebody asked for it last, ms; those who look at its events count as asking. */
  asked: number;
  feed: Feed | undefined;
}

/** Views of what stages give that somebody sends with `?then=`: one for all who send the same. */
export class ThenViews {
  private readonly derived = new Map<string, Derived>();
  private readonly clock: Clock;
  private readonly script: URL;
  private readonly run: string;
  private callOff: (() => void) | undefined;

  /** @param script what a thread runs. @param run what tells this run from others. */
  constructor(clock: Clock, script: URL, run: string) {
    this.clock = clock;
    this.script = script;
    this.run = run;
  }

  /** Rejects with a Refusal where the stages are wrong, or want more than there is. */
  async get(parent: ServedView, stages: string): Promise<ServedView> {
    if (stages.length > LONGEST_STAGES) {
      throw new Refusal(413, 'long-stages', `?then= has ${LONGEST_STAGES} characters at most`);
    }
    const now = this.clock.now();
    const key = `${parent.view.name}\n${stages}`;
    const known = this.derived.get(key);
    if (known !== undefined && known.thread.refusal === undefined) {
      known.asked = now;
      return known.served!;
    }
    this.sweep(now);
    if (this.derived.size >= MOST_THREADS) {
      throw new Refusal(
        503,
        'then-too-many',
        `${MOST_THREADS} different ?then= are at work, which is the most at once`,
        'ask again in a minute',
        {
          headers: { 'retry-after': '60' },
        },
      );
    }
    const derived = this.begin(parent, stages);
    this.derived.set(key, derived);
    this.sweepLater();
    return derived.served!;
  }

  /** Ends what nobody wants any more, and forgets what was ended. */
  private sweep(now: number): void {
    for (const [key, { thread, asked, feed }] of this.derived) {
      const isIdle = (feed?.size ?? 0) === 0 && asked <= now - IDLE;
      if (isIdle) thread.end();
      if (isIdle || thread.refusal !== undefined) this.derived.delete(key);
    }
  }

  /** Has that done by and by, as long as there is something. */
  private sweepLater(): void {
    this.callOff ??= this.clock.at(this.clock.now() + IDLE, () => {
      this.callOff = undefined;
      this.sweep(this.clock.now());
      if (this.derived.size > 0) this.sweepLater();
    });
  }

  private begin(parent: ServedView, stages: string): Derived {
    const { settings } = parent.view;
    const { type, rowKeys, isLog, interval } = settings;
    const thread = new ThenThread(parent.view, {
      clock: this.clock,
      script: this.script,
      task: { stages, type, interval, rowKeys, isLog },
    });
    const derived: Derived = { thread, asked: this.clock.now(), feed: undefined };
    derived.served = thread.view.then((view) => {
      // What is made of results has numbers of its own, which say nothing of those that others made.
      const events = new Events(view.name, `${this.run}t${thread.number}`);
      const feed = new Feed(view, events, this.clock, () => {
        derived.asked = this.clock.now();
      });
      derived.feed = feed;
      return { ...parent, view, events, feed };
    });
    return derived;
  }

  /** Ends all of them. */
  end(): void {
    this.callOff?.();
    for (const { thread } of this.derived.values()) thread.end();
    this.derived.clear();
  }
}
