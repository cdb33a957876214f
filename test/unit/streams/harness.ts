import type { Value } from '../../../src/base/value.ts';
import type { Span } from '../../../src/flow/define/span.ts';
import type { Meeting, StageDefinition } from '../../../src/flow/define/stage.ts';
import type { Step } from '../../../src/flow/define/step.ts';
import { Recorder, TestRun } from '../windows/harness.ts';

export type Side = 'left' | 'right';

/** The two inputs of a stage, moved by the test. */
export class TwoStreams {
  readonly run = new TestRun(10);
  readonly recorder = new Recorder();
  readonly left: Step;
  readonly right: Step;

  constructor({ behaviour, name }: StageDefinition, meeting: Meeting = 'tick') {
    if (behaviour.kind !== 'streams') throw new Error(`${name} does not take two streams`);
    const steps = behaviour.create({}, this.run, this.recorder, meeting);
    this.left = steps.left;
    this.right = steps.right;
  }

  /** One emission of one side at a tick; of the batch that ends with it, unless bounds are given. */
  emit(side: Side, time: number, records: readonly Value[], bounds: Partial<Span> = {}): this {
    this.run.tick = time;
    for (const record of records) this[side].push(record);
    this[side].close({ time, start: time - 10, end: time, partial: false, ...bounds });
    return this;
  }

  advance(side: Side, through: number, tick = through): this {
    this.run.tick = tick;
    this[side].advance(through);
    return this;
  }

  /** A whole tick: both sides close, then both are told that it is over. */
  tick(time: number, left: readonly Value[], right: readonly Value[]): this {
    return this.emit('left', time, left).emit('right', time, right).advance('left', time).advance('right', time);
  }

  get out(): (readonly Value[])[] {
    return this.recorder.emissions.map(({ records }) => records);
  }

  get spans(): readonly (readonly number[])[] {
    return this.recorder.emissions.map(({ time, start, end }) => [time, start, end]);
  }
}
