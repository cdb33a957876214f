/** Steps that are written down and made anew in the middle of a run, and nobody is to notice. */
import type { Origin } from '../../src/flow/define/chunk.ts';
import type { Form, Offer, Takes, TakeTexts } from '../../src/flow/define/faster.ts';
import type { KnownOrigins } from '../../src/flow/define/snapshot.ts';
import type { Step } from '../../src/flow/define/step.ts';
import { decodeState } from '../../src/flow/state/encoding/decode.ts';
import { encodeState } from '../../src/flow/state/encoding/encode.ts';
import type { Node, Plan } from '../../src/query/plan/plan.ts';
import { inputsOf } from '../../src/query/plan/plan.ts';
import { type PlanState, StepMemory } from '../../src/run/local/steps/step-memory.ts';
import type { Watcher } from '../../src/run/local/steps/watcher.ts';

/**
 * What happens before something comes into the steps: nothing, a snapshot of all that they remember or of what has changed in it, or one that all steps
 * are made anew from, with those before it.
 */
export interface Happening {
  readonly kind: 'nothing' | 'look' | 'restart';
  readonly onlyChanges?: boolean;
}

type Create = (down: Step) => readonly Step[];

/** The steps of a node, which others take the places of. */
interface Place {
  readonly node: Node;
  readonly down: Step;
  readonly create: Create;
  readonly slots: readonly Slot[];
}

/**
 * All steps of a run stand in slots, so that they can be made anew while it goes on. What comes from sources asks first whether they are to be.
 *
 *     source ──▶ [json] ──▶ [groupBy] ──▶ [print]            before: what they remember ── bytes ──▶ what steps made anew are given
 */
export class Restarts implements Watcher {
  restarts = 0;
  private readonly places: Place[] = [];
  private readonly memory: StepMemory;
  private readonly origins = new Map<number, Origin>();
  private readonly next: () => Happening;
  /** What was written since it was all, the first of these. */
  private written: Buffer[] = [];
  private isInside = false;

  constructor(plan: Plan, next: () => Happening) {
    this.memory = new StepMemory(plan);
    this.next = next;
  }

  around(node: Node, down: Step, create: Create): readonly Step[] {
    const isFirst = inputsOf(node).some(({ kind }) => kind === 'source');
    const enter = isFirst ? (work: () => void) => this.enter(work) : (work: () => void) => work();
    const steps = this.memory.around(node, down, create);
    const slots = steps.map((step) => new Slot(step, isFirst, enter, (origin) => this.origins.set(origin.id, origin)));
    this.places.push({ node, down, create, slots });
    return slots.map(({ step }) => step);
  }

  private enter(work: () => void): void {
    if (this.isInside) {
      work();
      return;
    }
    const { kind, onlyChanges = false } = this.next();
    if (kind !== 'nothing') this.look(onlyChanges);
    if (kind === 'restart') this.restart();
    this.isInside = true;
    try {
      work();
    } finally {
      this.isInside = false;
    }
  }

  private look(onlyChanges: boolean): void {
    const isAll = !onlyChanges || this.written.length === 0;
    if (isAll) this.written = [];
    this.written.push(encodeState(this.memory.snapshot(!isAll)));
  }

  private restart(): void {
    this.restarts++;
    for (const { node, down, create, slots } of this.places) {
      for (const [i, step] of this.memory.around(node, down, create).entries()) slots[i]!.current = step;
    }
    const known: KnownOrigins = {
      of: (state) => {
        const origin = this.origins.get(state.id) ?? { ...state };
        this.origins.set(state.id, origin);
        return origin;
      },
    };
    for (const bytes of this.written) this.memory.restore(decodeState(bytes) as PlanState, known);
    this.written = [];
    for (const { slots } of this.places) for (const slot of slots) slot.ask();
  }
}

/** A step that another takes the place of. */
class Slot {
  current: Step;
  readonly step: Step;
  /** What was asked of the step by the reader, and is asked of each one that takes its place. */
  private readonly asked: { readonly offer: Offer<'texts'>; take: TakeTexts }[] = [];

  constructor(step: Step, isFirst: boolean, enter: (work: () => void) => void, opened: (origin: Origin) => void) {
    this.current = step;
    this.step = {
      push: (record) => enter(() => this.current.push(record)),
      close: (span) => enter(() => this.current.close(span)),
      advance: (through) => enter(() => this.current.advance(through)),
      finish: (end) => enter(() => this.current.finish(end)),
      passed: (reached) => this.current.passed?.(reached),
      release: () => enter(() => this.current.release?.()),
      ended: (origin) => enter(() => this.current.ended?.(origin)),
      opened: (origin) => {
        opened(origin);
        enter(() => this.current.opened?.(origin));
      },
      ...(step.faster === undefined ? {} : { faster: (offer) => this.faster(offer, isFirst, enter) }),
      ...(step.partition === undefined ? {} : { partition: () => this.current.partition?.() }),
    };
  }

  ask(): void {
    for (const asked of this.asked) asked.take = this.current.faster!(asked.offer)!;
  }

  private faster<F extends Form>(
    offer: Offer<F>,
    isFirst: boolean,
    enter: (work: () => void) => void,
  ): Takes[F] | undefined {
    const take = this.current.faster?.(offer);
    // What is behind the first step is asked anew by the one in front of it.
    if (take === undefined || !isFirst || offer.form !== 'texts') return take;
    const asked = { offer: offer as Offer<'texts'>, take: take as TakeTexts };
    this.asked.push(asked);
    const entering: TakeTexts = (lines) => {
      let taken: number | undefined;
      enter(() => {
        taken = asked.take(lines);
      });
      return taken;
    };
    return entering as Takes[F];
  }
}
