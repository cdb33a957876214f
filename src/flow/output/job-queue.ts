import { Room } from '../../base/room.ts';

/** More than this many bytes waiting, and `blocked` asks the run to stop reading. */
const BOUND = 1024 * 1024;
/** What a job counts for in the bound, bytes, where it writes none, so that a thousand waiting files are too many as well. */
const JOB_WEIGHT = 4096;

interface Job {
  readonly run: () => Promise<void>;
  /** In the bound, bytes. */
  readonly weight: number;
}

/** A bounded queue of what is done to anything slow, one job after the other. */
export class JobQueue {
  private jobs: Job[] = [];
  /** The weight of the jobs that are not done yet. */
  private waiting = 0;
  private running = false;
  /** Whether it has failed. */
  protected isDead = false;
  private readonly failed: (error: unknown) => void;
  private readonly room = new Room();
  private readonly flushes = new Set<() => void>();

  /** @param failed told the first error, once. Everything that waits is dropped then, and everything that comes later. */
  constructor(failed: (error: unknown) => void) {
    this.failed = failed;
  }

  /** Runs `action` behind all that came before, before anything that comes later. Its rejection is a failure. @param weight the bytes that it writes. */
  after(action: () => Promise<void>, weight = JOB_WEIGHT): void {
    if (this.isDead) return;
    this.queueOpen();
    this.queue(action, weight);
  }

  /** What `ask` gives behind all that came before; undefined where the output has failed. */
  async behind<T>(ask: () => Promise<T>): Promise<T | undefined> {
    let given: T | undefined;
    this.after(async () => {
      given = await ask();
    });
    await this.flush();
    return given;
  }

  get isWriting(): boolean {
    return this.running;
  }

  blocked(): Promise<void> | undefined {
    return this.waiting <= BOUND ? undefined : this.room.wait();
  }

  /** Resolves when all that came so far is done, or never can be, since the output has failed. */
  flush(): Promise<void> {
    this.queueOpen();
    if (this.isDead || !this.running) return Promise.resolve();
    return new Promise((resolve) => {
      this.flushes.add(resolve);
      this.queue(async () => {
        this.flushes.delete(resolve);
        resolve();
      }, JOB_WEIGHT);
    });
  }

  /** Ends the output with an error that came from elsewhere than a job: a peer that has gone. Only the first one counts. */
  fail(error: unknown): void {
    if (this.isDead) return;
    this.isDead = true;
    this.drop();
    this.jobs = [];
    this.waiting = 0;
    this.room.make();
    for (const resolve of this.flushes) resolve();
    this.flushes.clear();
    this.failed(error);
  }

  /** Queues what was collected and is no job yet. */
  protected queueOpen(): void {}

  /** Drops what was collected and is no job yet. */
  drop(): void {}

  protected queue(run: () => Promise<void>, weight: number): void {
    this.jobs.push({ run, weight });
    this.waiting += weight;
    if (!this.running) void this.work();
  }

  private async work(): Promise<void> {
    this.running = true;
    try {
      while (this.jobs.length > 0) {
        const jobs = this.jobs;
        this.jobs = [];
        for (const { run, weight } of jobs) {
          await run();
          if (this.isDead) break;
          this.waiting -= weight;
          if (this.waiting <= BOUND) this.room.make();
        }
      }
    } catch (error) {
      this.fail(error);
    }
    this.running = false;
  }
}
