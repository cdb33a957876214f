import type { Position } from '../../../flow/define/position.ts';
import type { Found } from '../../durable/found.ts';
import type { Batch, Begun, Moves } from '../../durable/records.ts';
import type { Store } from '../../durable/store.ts';
import type { Batches } from '../batches/batches.ts';
import type { RepeatedBatch } from '../drivers/repeat-batches.ts';
import type { Timing } from '../options/timing.ts';
import type { Grounds } from '../output/grounds.ts';
import type { OpenSources } from '../reading/open-sources.ts';

/** What is cut. */
interface Cut {
  readonly timing: Pick<Timing, 'mode'>;
  readonly batches: Batches;
  readonly sources: OpenSources;
}

/**
 * Writes down how far the sources had come in each batch before anything of it comes out that cannot be taken back, so that it comes out with the
 * same records again, if it does: at its tick, and before that where a part of it is about to come out. Where all input is one batch nothing needs to be
 * cut, but what came from outside has to be safe.
 */
export class Cuts {
  private readonly run: Cut;
  private readonly store: Store;
  private readonly grounds: Grounds;
  private readonly cameOut: readonly (Batch | Begun)[];
  /** Batches that are not to be written down again. */
  private readonly known: number;
  /** How many pieces of input were taken when the last record was written, and that record. */
  private taken = 0;
  private written: Promise<void> = Promise.resolve();

  private isAgain: boolean;

  /** @param found what the run goes on from. */
  constructor(run: Cut, store: Store, grounds: Grounds, found: Pick<Found, 'batches' | 'begun'> | undefined) {
    this.run = run;
    this.store = store;
    this.grounds = grounds;
    this.cameOut = [...(found?.batches ?? []), ...(found?.begun === undefined ? [] : [found.begun])];
    this.known = found?.batches.at(-1)?.number ?? 0;
    this.isAgain = this.cameOut.length > 0;
    grounds.keep = () => (run.timing.mode === 'live' ? this.begun() : store.input.sync());
  }

  /** What is read was read before, and is written down as it was: of batches that came out and have not come a second time only the log says what was in them. */
  get isRepeating(): boolean {
    return this.isAgain && this.run.timing.mode === 'live';
  }

  /** Batches that came out behind what was kept last: they come a second time. */
  get repeated(): readonly RepeatedBatch[] {
    return this.cameOut.map(({ kind, end, moves }) => ({
      end,
      isOpen: kind === 'begun',
      moves: this.run.sources.all.map((_source, i) =>
        moves.filter(([source]) => source === i).flatMap(([, splits]) => splits),
      ),
    }));
  }

  /** All of {@link repeated} was repeated, and what comes now is new. */
  goOn(): void {
    this.isAgain = false;
    this.taken = this.takenNow;
  }

  /** How far the sources have come since the last call. */
  takeMoves(): Moves {
    return movesOf(this.run.sources.all.map(({ reader }) => reader.taken.takeMoved()));
  }

  /** Writes down the batch under way, and gives it out by `close`: what comes of it waits until it is written. */
  batch(close: () => void): void {
    const { batches } = this.run;
    const { number, end } = batches;
    if (number > this.known) {
      this.written = this.store.append({ kind: 'batch', number, end, moves: this.takeMoves() });
      this.written.catch(() => {});
    }
    this.taken = this.takenNow;
    this.grounds.begin(this.written);
    close();
    this.grounds.end();
  }

  /** Something of the batch under way is about to come out. */
  private begun(): Promise<void> {
    const { batches, sources } = this.run;
    const number = batches.number + 1;
    // It follows from what was written down before.
    if (this.isAgain || this.taken === this.takenNow) return this.written;
    this.taken = this.takenNow;
    const moves = movesOf(sources.all.map(({ reader }) => reader.taken.moves));
    this.written = this.store.append({ kind: 'begun', number, end: batches.end, moves });
    return this.written;
  }

  private get takenNow(): number {
    return this.run.sources.all.reduce((sum, { reader }) => sum + reader.taken.count, 0);
  }
}

/** Of the sources that have any. */
export function movesOf(positions: readonly Position[]): Moves {
  return positions.flatMap((splits, source) => (splits.length === 0 ? [] : [[source, splits] as const]));
}
