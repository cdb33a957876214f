/** The clock and the output of a simulated run. */
import type { Clock } from '../../src/base/clock.ts';
import type { Output } from '../../src/flow/define/context.ts';

/** More alarms than this at one and the same time do not end. */
const ENDLESS = 1000;

/** A clock that the simulation moves, and that work under way moves too, by `drag` ms for each look at it. */
export class SimulatedClock implements Clock {
  private time = 0;
  private readonly drag: number;
  /** Alarms since time last went on by itself. */
  private rung = 0;
  private readonly alarms = new Set<{ readonly time: number; readonly wake: () => void }>();

  constructor(drag: number) {
    this.drag = drag;
  }

  now(): number {
    const now = this.time;
    this.time += this.drag;
    return now;
  }

  /** What the next look at the clock will see. */
  get next(): number {
    return this.time;
  }

  at(time: number, wake: () => void): () => void {
    const alarm = { time, wake };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  /** Time goes on and nobody is woken. */
  sleep(ms: number): void {
    this.time += ms;
  }

  /**
   * Rings the earliest alarm that is due by `until`, at its time or as soon after it as may be.
   *
   * @returns whether there was one.
   * @throws Error if alarms ring without end while no time passes.
   */
  ring(until: number): boolean {
    const due = [...this.alarms].filter(({ time }) => time <= until).sort((a, b) => a.time - b.time)[0];
    if (due === undefined) return false;
    this.alarms.delete(due);
    if (++this.rung > ENDLESS) throw new Error('an alarm rings without end');
    if (due.time > this.time) this.rung = 0;
    this.time = Math.max(this.time, due.time);
    due.wake();
    return true;
  }

  /** At least this late. */
  reach(time: number): void {
    this.time = Math.max(this.time, time);
  }
}

/** An output whose reader may stop reading. What is written while it does is kept, as it is in the buffers of a pipe. */
export class ShutterOutput implements Output {
  text = '';
  private shutter: { readonly promise: Promise<void>; readonly open: () => void } | undefined;

  write(piece: string | Uint8Array): void {
    this.text += typeof piece === 'string' ? piece : Buffer.from(piece).toString();
  }

  shut(): void {
    if (this.shutter !== undefined) return;
    let open = () => {};
    const promise = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.shutter = { promise, open };
  }

  get isShut(): boolean {
    return this.shutter !== undefined;
  }

  open(): void {
    const { shutter } = this;
    this.shutter = undefined;
    shutter?.open();
  }

  blocked(): Promise<void> | undefined {
    return this.shutter?.promise;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}
