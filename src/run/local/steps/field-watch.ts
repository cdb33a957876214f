import type { Value } from '../../../base/value.ts';
import type { RunContext } from '../../../flow/define/context.ts';
import { keepingOrigin, type Step } from '../../../flow/define/step.ts';
import { pushLines } from '../../../flow/framing/lines.ts';
import { namedFields } from '../../../query/plan/named-fields.ts';
import type { Node, Plan, StageNode } from '../../../query/plan/plan.ts';
import { quietRun } from '../reports/quiet-run.ts';
import { FieldSample } from './field-sample.ts';

/**
 * Tells of fields that the program asks for and the data does not have: a slip of the pen in `.stauts` is no mistake that can be seen
 * before the run, since a missing field is null. Some records of each parser are looked at, by a copy of it that is given the same
 * lines: the first ones, and of live data some every now and then, so that fields which come late or stay away are told as well. In
 * between the copy is given nothing, and costs nothing.
 */
export class FieldWatch {
  private readonly run: RunContext;
  private readonly named: ReadonlyMap<StageNode, readonly string[]>;
  private readonly samples: FieldSample[] = [];

  constructor(plan: Plan, run: RunContext) {
    this.run = run;
    this.named = namedFields(plan);
  }

  /**
   * The step of a node, watched where it is a parser and fields of its records have names.
   *
   * @param createCopy makes a step of the same kind, which gives all fields of its records.
   */
  around(node: Node, step: Step, createCopy: (run: RunContext, down: Step) => Step): Step {
    const names = node.kind === 'stage' ? this.named.get(node) : undefined;
    if (names === undefined || names.length === 0) return step;
    // A parser that has to see the first line of each file cannot look away in between.
    const looksAgain = this.run.live && !needsFirstLines(node as StageNode);
    const sample = new FieldSample(names, looksAgain, (message) => this.run.note(message));
    this.samples.push(sample);
    return watched(step, sample, this.run, createCopy);
  }

  /** The run is over: what was seen by now is all there is. */
  finish(): void {
    for (const sample of this.samples) sample.finish();
  }
}

function needsFirstLines({ definition, arguments: args }: StageNode): boolean {
  return definition.needsOrigin?.(args as never) === true;
}

function watched(
  step: Step,
  sample: FieldSample,
  run: RunContext,
  createCopy: (run: RunContext, down: Step) => Step,
): Step {
  const down: Step = { push: (record) => sample.see(record), close() {}, advance() {}, finish() {} };
  const copy = createCopy(quietRun(run, run.cursor), down);
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
    ...(step.partition === undefined ? {} : { partition: () => step.partition?.() }),
    texts(cut) {
      const take = step.texts?.(cut);
      if (take === undefined || cut.kind !== 'lines') return take;
      return (lines) => {
        if (!sample.isOver) {
          const cursor = { origin: run.cursor.origin, line: run.cursor.line, text: () => '' };
          pushLines(sample.headOf(lines), cursor, (line) => copy.push(line));
        }
        return take(lines);
      };
    },
  };
  return tapped;
}
