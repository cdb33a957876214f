import { setMaxListeners } from 'node:events';
import { failureOf } from './reports/fault.ts';
import type { Reports } from './reports/reports.ts';

/** That a run is to end, and why. Anyone may ask for it at any time; sources and drivers hear of it by the signal. */
export class Endings {
  /** Nobody reads any more what is printed. */
  isOutputClosed = false;
  /** The run was to end while a record was worked on for too long; none is begun any more. */
  private isInterrupted = false;
  private readonly stopping = new AbortController();
  private readonly reports: Pick<Reports, 'failure' | 'fail' | 'cursor'>;

  /** @param reports has the failure of the run, which ends it. */
  constructor(reports: Endings['reports']) {
    this.reports = reports;
    // Each source has a listener or two. The program has as many as it wants; Node warns of more than ten.
    setMaxListeners(0, this.stopping.signal);
  }

  /** Aborted when the run is to end. */
  get signal(): AbortSignal {
    return this.stopping.signal;
  }

  /** False once nothing more of the input is worth reading: nobody takes the output, or the run has failed. */
  get isWanted(): boolean {
    return !this.isOutputClosed && !this.isInterrupted && this.reports.failure === undefined;
  }

  /** Whether what is still held is an answer. @param records read in all. */
  mayPrint(records: number): boolean {
    if (this.isOutputClosed) return false;
    const { failure } = this.reports;
    // What was read before a source failed is still an answer; what passed a limit is none.
    return failure === undefined || (failure.exit === 3 && records > 0);
  }

  /** Whether the user has ended it, and nothing has failed. */
  get isStopped(): boolean {
    return this.signal.aborted && this.reports.failure === undefined;
  }

  stop(): void {
    this.stopping.abort();
  }

  /** The run ends without printing. */
  closeOutput(): void {
    this.isOutputClosed = true;
    this.stop();
  }

  /** Has steps at work; what one of them throws is no bad record, and ends the run. */
  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fault(error);
    }
  }

  /** A step threw what is no bad record, at the record under way. */
  fault(error: unknown): void {
    const failure = failureOf(error, this.reports.cursor);
    if (failure === undefined) this.isInterrupted = true;
    else this.reports.fail(failure);
    this.stop();
  }
}
