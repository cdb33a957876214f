import { Worker } from 'node:worker_threads';
import { RunInterrupted } from '../base/problem.ts';
import { mayBeEndless, observeMatches } from '../flow/pattern/watched.ts';
import { commands, endCommands } from '../flow/processes/commands.ts';
import type { LocalRun } from '../run/local/local-run.ts';

/** Exit codes of runs that a signal ended: 128 and its number. */
const ENDS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type End = keyof typeof ENDS;

/** ms until signals are heard beside the main thread. A shorter run does not pay for a thread, and is over soon anyway. */
const LONG = 2000;
/** ms that the other thread may take to start, once it is needed. */
const LATEST = 1000;

/** What the other thread tells: the number of the first signal that it has heard, and whether it can hear them by now. */
const FIRST = 0;
const READY = 1;

/**
 * The first signal ends the run politely, a second one at once, with the commands that it started. SIGUSR1 says how far the run is; left to
 * itself, Node would open a door for debuggers.
 *
 *     main thread     hears signals between two turns of its work
 *     bin/last-resort.js, after 2 s or where work may not end     hears them at any time, and ends the process at the second
 */
export class Signals {
  private readonly run: LocalRun;
  private first: End | undefined;
  private readonly state = new Int32Array(new SharedArrayBuffer(8));
  private isStarted = false;
  private readonly start: NodeJS.Timeout;

  /**
   * @param mayHang whether there is work in the run that nobody knows the end of: functions of the user's.
   * @param show says how far the run is.
   */
  constructor(run: LocalRun, mayHang: boolean, show: () => void) {
    this.run = run;
    for (const signal of Object.keys(ENDS) as End[]) process.on(signal, () => this.hear(signal));
    process.on('SIGUSR1', show);
    observeMatches({
      begins: () => this.startLastResort(),
      ended: () => {
        Atomics.wait(this.state, READY, 0, LATEST);
        if (this.state[FIRST] !== 0) throw new RunInterrupted();
      },
    });
    this.start = setTimeout(() => this.startLastResort(), LONG).unref();
    if (mayHang || mayBeEndless()) this.startLastResort();
  }

  /** The exit code of a run that a signal ended; 0 without one. */
  get exit(): number {
    return this.first === undefined ? 0 : ENDS[this.first];
  }

  private hear(signal: End): void {
    if (this.first !== undefined) {
      endCommands();
      process.exit(ENDS[signal]);
    }
    this.first = signal;
    this.run.stop();
    // The end may take long.
    this.startLastResort();
  }

  private startLastResort(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    clearTimeout(this.start);
    const heard = this.first === undefined ? 0 : 1;
    const worker = new Worker(new URL('../bin/last-resort.js', import.meta.url), {
      workerData: { state: this.state, commands, heard },
      // It writes nothing; and to open our output once more for it fails while that is being written to.
      stdout: true,
      stderr: true,
    });
    worker.on('message', (signal: End) => this.hear(signal));
    // Without it, a run that does not end has to be killed.
    worker.on('error', () => {});
    worker.unref();
  }
}
