/** Steps that are written down and made anew in the middle of what they do, and nobody is to notice. */
import type { Form, Offer, Takes, TakeTexts } from '../../src/flow/define/faster.ts';
import type { KnownOrigins } from '../../src/flow/define/snapshot.ts';
import type { Step } from '../../src/flow/define/step.ts';
import { decodeState } from '../../src/flow/state/encoding/decode.ts';
import { encodeState } from '../../src/flow/state/encoding/encode.ts';
import { inputsOf, type Node, type Plan } from '../../src/query/plan/plan.ts';
import { type PlanState, StepMemory } from '../../src/run/local/steps/step-memory.ts';
import type { Watcher } from '../../src/run/local/steps/watcher.ts';

/** A snapshot of all that is remembered, or of what has changed in it; then all steps may be made anew from it, with those before it. */
export interface Cut {
  readonly onlyChanges: boolean;
  readonly isTakenUp: boolean;
  /** How many items a part has, where all is written part by part as well; and how many parts at most come at once. */
  readonly parts?: { readonly size: number; readonly count: number };
  /** Parts alone are written, where some are still to come. */
  readonly isOfParts?: boolean;
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
 * All steps of a run stand in slots, so that all of them can be made anew while it goes on: one that remembers something and does not say so is
 * found as well.
 *
 *     source ──▶ [json] ──▶ [groupBy] ──▶ [print]          a cut: what they remember ── bytes ──▶ what steps made anew are given
 *
 * What was written before stays what the next changes are read behind, also where steps go on from it themselves.
 */
export class StepsAnew implements Watcher {
  /** How often they were made anew. */
  restarts = 0;
  /** How often what was written part by part took the place of what was written at once. */
  replaced = 0;
  /** From the sinks back to the sources. */
  private readonly places: Place[] = [];
  private readonly memory: StepMemory;
  private readonly origins: KnownOrigins;
  /** What was written since it was all, the first of these. */
  private written: Buffer[] = [];
  /** What takes its place when it is all there, with what has changed meanwhile. */
  private inParts: { readonly written: Buffer[]; readonly left: Iterator<PlanState>; isRead: boolean } | undefined;

  constructor(plan: Pick<Plan, 'nodes'>, origins: KnownOrigins) {
    this.memory = new StepMemory(plan);
    this.origins = origins;
  }

  around(node: Node, down: Step, create: Create): readonly Step[] {
    const steps = this.memory.around(node, down, create);
    const isFirst = inputsOf(node).some(({ kind }) => kind === 'source');
    const enter = isFirst ? (work: () => void) => this.enter(work) : undefined;
    const slots = steps.map((step) => new Slot(step, enter));
    this.places.push({ node, down, create, slots });
    return slots.map(({ step }) => step);
  }

  cut({ onlyChanges, isTakenUp, parts, isOfParts }: Cut): void {
    if (isOfParts === true) {
      if (this.inParts?.isRead === false) this.writeParts(parts?.count ?? 1);
      return;
    }
    const isAll = !onlyChanges || this.written.length === 0;
    if (isAll) {
      this.written = [];
      this.inParts = undefined;
    }
    const bytes = encodeState(this.memory.snapshot(!isAll));
    this.written.push(bytes);
    if (this.inParts !== undefined) this.inParts.written.push(bytes);
    if (this.inParts?.isRead === true) {
      this.written = this.inParts.written;
      this.inParts = undefined;
      this.replaced++;
    }
    if (parts !== undefined && !isAll && this.inParts === undefined) {
      this.inParts = { written: [bytes], left: this.memory.parts(parts.size), isRead: false };
      // Those that give all at once do so now.
      this.writeParts(1);
    }
    if (this.inParts?.isRead === false) this.writeParts(parts?.count ?? 1);
    if (isTakenUp) this.restart();
  }

  private writeParts(count: number): void {
    const inParts = this.inParts!;
    for (let i = 0; i < count; i++) {
      const { done, value } = inParts.left.next();
      inParts.isRead = done === true;
      if (done === true) return;
      inParts.written.push(encodeState(value));
    }
  }

  /** Does what a source asks of the steps that it feeds. */
  protected enter(work: () => void): void {
    work();
  }

  private restart(): void {
    this.restarts++;
    this.inParts = undefined;
    for (const { node, down, create, slots } of this.places) {
      for (const [i, step] of this.memory.around(node, down, create).entries()) slots[i]!.current = step;
    }
    for (const bytes of this.written) this.memory.restore(decodeState(bytes) as PlanState, this.origins);
    for (const { slots } of this.places) for (const slot of slots) slot.ask();
  }
}

/** A step that another takes the place of. */
class Slot {
  current: Step;
  readonly step: Step;
  /** What was asked of the step from outside, and is asked of each one that takes its place. */
  private readonly asked: { readonly offer: Offer<'texts'>; take: TakeTexts }[] = [];
  private readonly enter: ((work: () => void) => void) | undefined;

  /** @param enter does what is asked of it; undefined for one that other steps stand in front of. */
  constructor(step: Step, enter: ((work: () => void) => void) | undefined) {
    this.current = step;
    this.enter = enter;
    const act = enter ?? ((work: () => void) => work());
    this.step = {
      push: (record) => act(() => this.current.push(record)),
      close: (span) => act(() => this.current.close(span)),
      partition: () => act(() => this.current.partition?.()),
      release: () => act(() => this.current.release?.()),
      advance: (through) => act(() => this.current.advance(through)),
      opened: (origin) => act(() => this.current.opened?.(origin)),
      ended: (origin) => act(() => this.current.ended?.(origin)),
      passed: (reached) => act(() => this.current.passed?.(reached)),
      finish: (end) => act(() => this.current.finish(end)),
      ...(step.faster === undefined ? {} : { faster: (offer) => this.faster(offer) }),
    };
  }

  ask(): void {
    for (const asked of this.asked) asked.take = this.current.faster!(asked.offer)!;
  }

  private faster<F extends Form>(offer: Offer<F>): Takes[F] | undefined {
    const take = this.current.faster?.(offer);
    const { enter } = this;
    // What is behind another step is asked anew by that one.
    if (take === undefined || enter === undefined || offer.form !== 'texts') return take;
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
