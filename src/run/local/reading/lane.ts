import type { SourceContext } from '../../../flow/define/context.ts';
import type { Framer } from '../../../flow/define/framer.ts';
import type { Position, Split } from '../../../flow/define/position.ts';
import type { Source } from '../../../flow/define/source.ts';
import { asBuffer } from '../../../flow/framing/framer.ts';
import { reasonOf } from '../../../flow/input/fault.ts';
import type { InputEntry } from '../../durable/input-entries.ts';
import type { InputLog } from '../../durable/input-log.ts';
import { keyOf, NEXT, OVER, type ReceivedAt } from '../../durable/received-splits.ts';
import { PlaceProgress } from './place-progress.ts';

export interface LaneSettings {
  readonly log: InputLog;
  /** What the source is called in the plan. */
  readonly name: string;
  readonly framer: NonNullable<Source['framer']>;
  readonly context: SourceContext;
  /** See `Replaying.readsFromStart`. */
  readonly readsFromStart: boolean;
  /** How far what came was worked on. */
  readonly position: Position;
}

/** A place that data comes from, and how much of that its framer was given. */
interface Place {
  readonly framer: Framer;
  readonly progress: PlaceProgress;
  given: number;
}

/**
 * What one source receives, from its start to its end: what came in earlier runs and was not worked on, then what comes anew. Both go the same
 * way from the log to the framers.
 *
 *     client ─▶ put ─▶ in the log ─┐
 *     log of earlier runs ─────────┴─▶ framer of the client ─▶ deliver
 */
export class Lane {
  /** The source has ended, in this run or in an earlier one. */
  isOver = false;
  private readonly settings: LaneSettings;
  /** Places of earlier runs that were not over, by their keys. */
  private readonly known: Map<string, Split>;
  /** Places from this one on were not opened. */
  private readonly next: number;
  private readonly places = new Map<number, Place>();

  constructor(settings: LaneSettings) {
    this.settings = settings;
    this.known = new Map(settings.position.map((split) => [split.key, split]));
    this.next = (this.known.get(NEXT)?.at ?? 0) as number;
    this.isOver = this.known.has(OVER);
  }

  /** Takes what came in an earlier run, if it was not worked on. Resolves as a framer does, and never rejects. */
  async take(entry: InputEntry): Promise<void> {
    switch (entry.kind) {
      case 'begin':
        return;
      case 'over':
        if (entry.source === this.settings.name) this.end();
        return;
      case 'open':
        if (entry.source === this.settings.name && entry.origin >= this.next) this.begin(entry.origin, entry.name);
        return;
      case 'data': {
        const place = this.placeOf(entry.origin);
        if (place === undefined) return;
        const left = asBuffer(entry.bytes).subarray(Math.max(0, place.given - entry.offset));
        if (left.length > 0) await this.give(place, left)?.catch(() => {});
        return;
      }
      case 'end': {
        const place = this.placeOf(entry.origin);
        if (place !== undefined) await this.close(entry.origin, place).catch(this.tell);
      }
    }
  }

  /** A new place, see `SourceContext.receive`. */
  open(name: string): Framer {
    const { log, context } = this.settings;
    const { clock } = context;
    const origin = log.number();
    let place: Place | undefined;
    let offset = 0;
    let full: Promise<void> | undefined;
    let failure: { readonly reason: unknown } | undefined;
    void log.put({ kind: 'open', time: clock.now(), origin, source: this.settings.name, name }, (isIn) => {
      if (isIn) place = this.begin(origin, name);
    });
    const take = (bytes: Buffer | undefined) => {
      const waiting = bytes && this.give(place!, bytes);
      if (waiting === undefined) return;
      full = waiting;
      const done = () => {
        if (full === waiting) full = undefined;
      };
      waiting.then(done, (reason) => {
        failure = { reason };
        done();
      });
    };
    return {
      push: (bytes) => {
        if (failure !== undefined) return Promise.reject(failure.reason);
        const room = log.putBytes({ kind: 'data', time: clock.now(), origin, offset, bytes }, take);
        offset += bytes.length;
        return room === undefined ? full : Promise.all([room, full]).then(() => {});
      },
      end: () =>
        new Promise<void>((resolve, reject) => {
          void log.put({ kind: 'end', time: clock.now(), origin }, (isIn) => {
            if (isIn) this.close(origin, place!).then(resolve, reject);
            else resolve();
          });
        }).then(() => {
          if (failure !== undefined) throw failure.reason;
        }),
    };
  }

  /** The source has ended by itself. Resolves when that is in the log. */
  over(): Promise<void> {
    const { log, name, context } = this.settings;
    return new Promise((resolve) => {
      void log.put({ kind: 'over', time: context.clock.now(), source: name }, (isIn) => {
        if (isIn) this.end();
        resolve();
      });
    });
  }

  private end(): void {
    this.isOver = true;
    void this.settings.context.deliver({ kind: 'position', behind: [{ key: OVER, at: true }] });
  }

  private begin(number: number, name: string): Place {
    const { context, framer, readsFromStart } = this.settings;
    const origin = context.origin(name);
    const progress = new PlaceProgress(number, name, readsFromStart);
    const split = { ...progress.behind(0, false), origin: { id: origin.id, lines: 0 } };
    void context.deliver({ kind: 'position', behind: [{ key: NEXT, at: number + 1 }, split] });
    return this.keep(number, { framer: framer(origin, progress), progress, given: 0 });
  }

  /** The place of that number, if something of it was not worked on. */
  private placeOf(number: number): Place | undefined {
    const split = this.known.get(keyOf(number));
    if (this.places.has(number) || split === undefined) return this.places.get(number);
    const { context, framer, readsFromStart } = this.settings;
    const at = split.at as ReceivedAt;
    const progress = new PlaceProgress(number, at.name, readsFromStart, at);
    const origin = context.origin(at.name, undefined, split);
    return this.keep(number, { framer: framer(origin, progress), progress, given: progress.begin });
  }

  private keep(number: number, place: Place): Place {
    this.places.set(number, place);
    return place;
  }

  private give(place: Place, bytes: Buffer): Promise<void> | undefined {
    place.progress.see(bytes);
    place.given += bytes.length;
    return place.framer.push(bytes);
  }

  /** Nothing more comes from a place. Rejects where what came could not be read to its end. */
  private async close(number: number, { framer }: Place): Promise<void> {
    this.places.delete(number);
    this.known.delete(keyOf(number));
    await framer.end();
  }

  private readonly tell = (error: unknown): void => {
    this.settings.context.note(`what came in an earlier run cannot be read: ${reasonOf(error)}`);
  };
}
