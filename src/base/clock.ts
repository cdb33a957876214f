/** The only place that reads the clock. Everything else is given one. */
export interface Clock {
  /** ms since the epoch; since 0 where virtual. */
  now(): number;
  /** Calls `wake` at `time` (ms) or soon after, once. Returns how to call it off. */
  at(time: number, wake: () => void): () => void;
}

/** The longest delay of a Node timer, ms; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** ms since some moment, with fractions: for measuring how long work takes, never for the time of day. */
export const stopwatch = (): number => performance.now();

/**
 * The time of day of a machine, as long as that goes forward. Where it is set back the time goes on from where it was, since batches that are to end at
 * a later time would otherwise wait for it, an hour where it is set back by one; what it was set back by it is ahead until the machine has caught up.
 *
 * @param timeOfDay ms since the epoch, and `elapsed` ms since some moment, which nobody sets.
 * @param least ms since the epoch: it is not before that, either.
 */
export function forwardClock(timeOfDay: () => number, elapsed: () => number, least = Number.NEGATIVE_INFINITY): Clock {
  let ahead: number | undefined;
  const now = () => {
    const passed = elapsed();
    ahead = Math.max(ahead ?? least - passed, timeOfDay() - passed);
    return Math.floor(passed + ahead);
  };
  return {
    now,
    at(time, wake) {
      let timer: NodeJS.Timeout;
      const arm = () => {
        const rest = time - now();
        timer = rest > LONGEST ? setTimeout(arm, LONGEST) : setTimeout(wake, Math.max(0, Math.ceil(rest)));
      };
      arm();
      return () => clearTimeout(timer);
    },
  };
}

/** As {@link stopwatch}, which loads a module of Node that a start need not wait for. A page has it only. */
function sinceStart(): number {
  const { process } = globalThis as { readonly process?: { hrtime?(): readonly [number, number] } };
  const time = process?.hrtime?.();
  return time === undefined ? stopwatch() : time[0] * 1000 + time[1] / 1e6;
}

/** The clock of the wall, from a time on: `least` ms since the epoch, also where the machine is behind that. */
export const wallClockFrom = (least?: number): Clock => forwardClock(Date.now, sinceStart, least);

export const wallClock: Clock = wallClockFrom();

/** A clock that stands still until it is moved, for tests and for programs whose sources are all lists. */
export class VirtualClock implements Clock {
  private time: number;
  private readonly alarms = new Set<{ readonly time: number; readonly wake: () => void }>();

  constructor(start = 0) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  at(time: number, wake: () => void): () => void {
    const alarm = { time, wake };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  /** It is `time` (ms) at once, as on a machine that slept: what was due on the way rings with the next move. */
  jumpTo(time: number): void {
    this.time = Math.max(this.time, time);
  }

  /** Moves to `time`, waking what was due on the way in order of time. */
  moveTo(time: number): void {
    for (;;) {
      let next: { readonly time: number; readonly wake: () => void } | undefined;
      for (const alarm of this.alarms) if (alarm.time <= time && alarm.time < (next?.time ?? Infinity)) next = alarm;
      if (next === undefined) break;
      this.alarms.delete(next);
      this.time = Math.max(this.time, next.time);
      next.wake();
    }
    this.time = Math.max(this.time, time);
  }
}
