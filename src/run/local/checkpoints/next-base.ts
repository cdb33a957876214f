import { encodeState } from '../../../flow/state/encoding/encode.ts';
import type { Base, StepStates } from '../../durable/records.ts';
import type { Store } from '../../durable/store.ts';
import type { PlanState, StepMemory } from '../steps/step-memory.ts';

/** Of what is written between two changes, as a share of these: so the base is there before the log has become twice as long. */
const SHARE = 2;
/** What is written at least, as a part of the log from which on a base is worth to be written. */
const LEAST = 1 / 16;

/**
 * A base that is written while the run goes on, so that nothing has to wait for it: behind each change some parts of what steps remember, as they are by then.
 *
 *     log    change 1   change 2   change 3   change 4
 *     base        └ parts    └ parts    └ parts    └ it is whole: change 4 says what has changed since the last part
 */
export class NextBase {
  private readonly store: Store;
  private readonly parts: IterableIterator<PlanState>;
  private readonly indexOf: ReadonlyMap<number, number>;
  /** What all steps remember that give it at once. */
  private readonly first: Buffer;
  /** Changes in the log so far. */
  private changes = 1;
  private isRead = false;

  /** Called at once behind the snapshot that is the first change. @param places of the nodes that remember something, in the order of what is kept. */
  constructor(store: Store, memory: StepMemory, places: readonly number[]) {
    this.store = store;
    this.indexOf = new Map(places.map((place, i) => [place, i]));
    this.parts = memory.parts(store.partSize);
    this.first = this.written(this.parts.next().value as PlanState);
  }

  /** Called when the first change is kept. */
  async begin(base: Base): Promise<void> {
    await this.store.beginBase(base);
    await this.store.addPart({ kind: 'part', behind: this.changes, steps: this.first });
  }

  /** Called when another change is kept. @returns whether the base is whole now. */
  async endIfRead(): Promise<boolean> {
    this.changes++;
    if (this.isRead) await this.store.endBase();
    return this.isRead;
  }

  /** Writes the next parts. @param change bytes of the change before them. */
  async goOn(change: number): Promise<void> {
    let left = Math.max(this.store.least * LEAST, SHARE * change);
    while (left > 0 && !this.isRead) {
      const { value, done } = this.parts.next();
      this.isRead = done === true;
      if (done === true) return;
      const steps = this.written(value);
      left -= steps.length;
      // Others have their turn while it is written.
      await this.store.addPart({ kind: 'part', behind: this.changes, steps });
    }
  }

  private written(states: PlanState): Buffer {
    return encodeState(
      states.map(([place, ofSteps]) => [this.indexOf.get(place)!, ofSteps] as const) satisfies StepStates,
    );
  }
}
