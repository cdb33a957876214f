import type { BoundArguments } from '../../../flow/define/parameters.ts';
import type { Source, SourceBehaviour } from '../../../flow/define/source.ts';
import type { Plan } from '../../../query/plan/plan.ts';
import type { InputEntry } from '../../durable/input-entries.ts';
import type { InputLog } from '../../durable/input-log.ts';
import { namesOf } from '../../durable/plan-names.ts';
import { Lane, type LaneSettings } from './lane.ts';

/** After so many entries timers and signals have their turn. */
const BETWEEN_TURNS = 64;

/** Undefined where no source receives anything. */
export function receivedInput(
  plan: Plan,
  behaviours: readonly SourceBehaviour<BoundArguments>[],
  log: InputLog,
): ReceivedInput | undefined {
  const receives = behaviours.some(({ received }) => received === true);
  return receives ? new ReceivedInput(log, namesOf(plan).sources) : undefined;
}

/** What the sources of a run receive that nobody can give again, and received in earlier runs. */
export class ReceivedInput {
  private readonly log: InputLog;
  /** What the sources are called in the plan. */
  private readonly names: readonly string[];

  constructor(log: InputLog, names: readonly string[]) {
    this.log = log;
    this.names = names;
  }

  /** What a source receives, which is open. */
  laneOf(source: number, { framer }: Source, how: Pick<LaneSettings, 'context' | 'position' | 'readsFromStart'>): Lane {
    const name = this.names[source]!;
    if (framer === undefined) throw new Error(`a source that receives has no framer: ${name}`);
    return new Lane({ log: this.log, name, framer, ...how });
  }

  /** Resolves when all that came so far is safe from a power cut. */
  sync(): Promise<void> {
    return this.log.sync();
  }

  /** Gives sources what came in earlier runs and was not worked on, in the order in which it came. @param before is waited for before each entry. */
  async replay(
    lanes: readonly Lane[],
    signal: AbortSignal,
    before?: (entry: InputEntry) => Promise<void>,
  ): Promise<void> {
    let count = 0;
    for (const entry of this.log.entries()) {
      await before?.(entry);
      for (const lane of lanes) {
        if (signal.aborted) return;
        await lane.take(entry);
      }
      if (++count % BETWEEN_TURNS === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
