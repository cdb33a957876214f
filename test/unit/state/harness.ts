import type { Value } from '../../../src/base/value.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { Recorder, TestRun } from '../windows/harness.ts';

/** The interval of the batches below, ms. */
export const INTERVAL = 10;

/** A run of one step: batches in, what each gave out. */
export class StateRun {
  readonly run = new TestRun(INTERVAL);
  readonly recorder = new Recorder();
  readonly step: Step;

  /** @param batches how many batches went before, for a step that is taken up again. */
  constructor(make: (run: TestRun, down: Step) => Step, batches = 0) {
    this.run.tick = batches * INTERVAL;
    this.step = make(this.run, this.recorder);
  }

  batch(...records: readonly Value[]): this {
    this.run.batch(this.step, this.run.tick + INTERVAL, records);
    return this;
  }

  get out(): (readonly Value[])[] {
    return this.recorder.emissions.map(({ records }) => records);
  }
}
