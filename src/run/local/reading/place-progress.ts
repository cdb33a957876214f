import type { Split } from '../../../flow/define/position.ts';
import { StreamProgress } from '../../../flow/framing/stream-progress.ts';
import { keyOf, type ReceivedAt } from '../../durable/received-splits.ts';

/** The position in what one place gave that data is received from: all of what is read from its start is kept until its end. */
export class PlaceProgress extends StreamProgress {
  private readonly key: string;
  private readonly name: string;

  /** @param at how far it was, where it goes on. */
  constructor(origin: number, name: string, readsFromStart: boolean, at?: ReceivedAt) {
    super(at, readsFromStart);
    this.key = keyOf(origin);
    this.name = name;
  }

  behind(offset: number, isPassing: boolean): Split {
    const at: ReceivedAt = { name: this.name, ...this.at(offset, isPassing) };
    return { key: this.key, at };
  }

  over(): Split {
    return { key: this.key, at: null };
  }
}
