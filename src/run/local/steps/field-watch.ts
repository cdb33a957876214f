import type { Value } from '../../../base/value.ts';
import type { Cursor } from '../../../flow/define/chunk.ts';
import type { RunContext } from '../../../flow/define/context.ts';
import { type Answers, answer, type TakeTexts } from '../../../flow/define/faster.ts';
import { keepingOrigin, type OriginStep, type Step } from '../../../flow/define/step.ts';
import { lineEnd, pushLines } from '../../../flow/framing/lines.ts';
import { namedFields } from '../../../query/plan/faster/named-fields.ts';
import type { Node, Plan, StageNode } from '../../../query/plan/plan.ts';
import { stageStep } from './build-steps.ts';
import { FieldSample, type FieldsOfSample } from './field-sample.ts';
import { quietRun } from './run-context.ts';
import type { Watcher } from './watcher.ts';

/** For each node of a part of the plan, what was looked at of its records; see `FieldWatch`. */
export type FieldsSeen = readonly (FieldsOfSample | undefined)[];

/**
 * Tells of fields that the program asks for and the data does not have: a slip of the pen in `.stauts` is no mistake that can be seen
 * before the run, since a missing field is null. Some records of each parser are looked at, by a copy of it that is given the same
 * lines: the first ones, and of live data some every now and then, so that fields which come late or stay away are told as well. In
 * between the copy is given nothing, and costs nothing.
 */
export class FieldWatch implements Watcher {
  private readonly run: RunContext;
  private readonly named: ReadonlyMap<StageNode, readonly string[]>;
  private readonly samples = new Map<Node, FieldSample>();
  /** The copies of the parsers, which are given the lines that are looked at. */
  private readonly copies = new Map<Node, Step>();
  private readonly isPart: boolean;

  /** @param isPart whether only a part of the input comes here, of which nothing is told: who has the first part is given what was seen. */
  constructor(plan: Plan, run: RunContext, isPart = false) {
    this.run = run;
    this.isPart = isPart;
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
      const note = (message: string) => this.run.note(message);
      const sample = new FieldSample(names, looksAgain, this.isPart ? undefined : note);
      this.samples.set(node, sample);
      // Beside the steps of the run, it gives all fields of its records.
      const copy = stageStep(node, quietRun(this.run, this.run.cursor), seenBy(sample));
      this.copies.set(node, copy);
      return watched(step, copy, sample, this.run);
    });
  }

  /** The run is over: what was seen by now is all there is. */
  finish(): void {
    for (const sample of this.samples.values()) sample.finish();
  }

  /** The step of a parser that remembers something of each file, as one that its copy goes on with where it is to go on in one. */
  withCopy(node: Node, step: OriginStep): OriginStep {
    const copy = this.copies.get(node) as OriginStep | undefined;
    if (copy === undefined) return step;
    return Object.assign(Object.create(step) as OriginStep, {
      resume(...from: Parameters<OriginStep['resume']>) {
        copy.resume(...from);
        step.resume(...from);
      },
    });
  }

  /** What was looked at, by the places of the parsers in a part of the plan: plain data, for {@link absorb}. */
  snapshot({ nodes }: Plan): FieldsSeen {
    return nodes.map((node) => this.samples.get(node)?.seenHere);
  }

  /** What a thread has seen that works on the same part of the plan, on the part of the input that follows. */
  absorb({ nodes }: Plan, seen: FieldsSeen): void {
    nodes.forEach((node, i) => {
      const found = seen[i];
      if (found !== undefined) this.samples.get(node)?.absorb(found);
    });
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
    faster: (offer) => {
      const answers: Answers<undefined> = {
        texts: (texts) => {
          const take = step.faster?.(texts);
          return take && lookingFirst(take, copy, sample, run.cursor);
        },
        rows: (rows) => step.faster?.(rows),
        count: (count) => step.faster?.(count),
      };
      return answer(answers, offer, undefined);
    },
  };
  return tapped;
}

/** Takes lines, of which the copy is given those that are looked at: all of them first, or each in its turn where any may be the last that is wanted. */
function lookingFirst(take: TakeTexts, copy: Step, sample: FieldSample, cursor: Cursor): TakeTexts {
  const look = (lines: Buffer) => {
    // The copy asks where a line stands: what is before the first character of a file is no part of it.
    const { line, text } = cursor;
    pushLines(lines, cursor, (line) => {
      if (!sample.isOver) copy.push(line);
    });
    Object.assign(cursor, { line, text });
  };
  const inTurn: TakeTexts = (lines) => {
    let at = 0;
    let count = 0;
    while (at < lines.length && !sample.isOver && !cursor.isPastEnd) {
      const next = lineEnd(lines, at);
      const line = lines.subarray(at, next);
      look(line);
      take(line);
      if (next < lines.length) cursor.line++;
      at = next;
      count++;
    }
    if (at === lines.length || cursor.isPastEnd) return count;
    const rest = take(lines.subarray(at));
    return rest === undefined ? undefined : count + rest;
  };
  return (lines) => {
    if (sample.isOver) return take(lines);
    if (cursor.mayEnd) return inTurn(lines);
    look(sample.headOf(lines));
    return take(lines);
  };
}
