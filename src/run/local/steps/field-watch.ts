import type { Value } from '../../../base/value.ts';
import type { RunContext } from '../../../flow/define/context.ts';
import { watchedTake } from '../../../flow/define/faster.ts';
import { keepingOrigin, type Step } from '../../../flow/define/step.ts';
import { pushLines } from '../../../flow/framing/lines.ts';
import { namedFields } from '../../../query/plan/faster/named-fields.ts';
import type { Node, Plan, StageNode } from '../../../query/plan/plan.ts';
import { stageStep } from './build-steps.ts';
import { FieldSample } from './field-sample.ts';
import { quietRun } from './run-context.ts';
import type { Watcher } from './watcher.ts';

/**
 * Tells of fields that the program asks for and the data does not have: a slip of the pen in `.stauts` is no mistake that can be seen
 * before the run, since a missing field is null. Some records of each parser are looked at, by a copy of it that is given the same
 * lines: the first ones, and of live data some every now and then, so that fields which come late or stay away are told as well. In
 * between the copy is given nothing, and costs nothing.
 */
export class FieldWatch implements Watcher {
  private readonly run: RunContext;
  private readonly named: ReadonlyMap<StageNode, readonly string[]>;
  private readonly samples: FieldSample[] = [];

  constructor(plan: Plan, run: RunContext) {
    this.run = run;
    this.named = namedFields(plan);
  }

  /** The steps of a node, watched where it is a parser and fields of its records have names. */
  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    const steps = create(down);
    if (node.kind !== 'stage') return steps;
    const names = this.named.get(node);
    if (names === undefined || names.length === 0) return steps;
    // A parser that has to see the first line of each file cannot look away in between.
    const looksAgain = this.run.live && !needsFirstLines(node);
    return steps.map((step) => {
      const sample = new FieldSample(names, looksAgain, (message) => this.run.note(message));
      this.samples.push(sample);
      // Beside the steps of the run, it gives all fields of its records.
      const copy = stageStep(node, quietRun(this.run, this.run.cursor), seenBy(sample));
      return watched(step, copy, sample, this.run);
    });
  }

  /** The run is over: what was seen by now is all there is. */
  finish(): void {
    for (const sample of this.samples) sample.finish();
  }
}

function needsFirstLines({ definition, arguments: args }: StageNode): boolean {
  return definition.needsOrigin?.(args) === true;
}

function seenBy(sample: FieldSample): Step {
  return { push: (record) => sample.see(record), close() {}, advance() {}, finish() {} };
}

/** @param copy is given what `step` is, while a sample is taken. */
function watched(step: Step, copy: Step, sample: FieldSample, run: RunContext): Step {
  const push = step.push.bind(step);
  const look = (record: Value) => {
    if (sample.isOver) tapped.push = push;
    else copy.push(record);
    push(record);
  };
  const tapped: Step = {
    push: look,
    close(span) {
      step.close(span);
      sample.tick(span.time);
      if (!sample.isOver) tapped.push = look;
    },
    advance: (through) => step.advance(through),
    passed: (reached) => step.passed?.(reached),
    finish: (end) => step.finish(end),
    ...keepingOrigin(step),
    ended(origin) {
      copy.ended?.(origin);
      step.ended?.(origin);
    },
    ...(step.partition === undefined ? {} : { partition: () => step.partition?.() }),
    faster(offer) {
      return watchedTake(offer, step.faster?.(offer), {
        given(given) {
          if (sample.isOver || given.form !== 'texts') return;
          const cursor = { origin: run.cursor.origin, line: run.cursor.line, text: () => '' };
          pushLines(sample.headOf(given.lines), cursor, (line) => {
            if (!sample.isOver) copy.push(line);
          });
        },
      });
    },
  };
  return tapped;
}
