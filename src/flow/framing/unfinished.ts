import { BadRecord } from '../../base/problem.ts';
import { formatSize } from '../../base/size.ts';
import type { Framer } from '../define/framer.ts';
import type { HoldingFramer } from './framer.ts';

/**
 * A bound on what many origins hold together of records that are not finished. Where they hold more, the longest record is given up, so that
 * those who send whole lines lose nothing to one who does not.
 */
export class UnfinishedBound {
  private readonly most: number;
  private readonly framers = new Set<HoldingFramer>();
  private held = 0;

  /** @param most bytes. */
  constructor(most: number) {
    this.most = most;
  }

  /** The same framer within the bound, up to its end. */
  around(framer: HoldingFramer): Framer {
    this.framers.add(framer);
    return {
      push: (piece) => {
        const before = framer.held;
        const full = framer.push(piece);
        this.held += framer.held - before;
        while (this.held > this.most) this.cutLongest();
        return full;
      },
      end: () => {
        this.held -= framer.held;
        this.framers.delete(framer);
        return framer.end();
      },
    };
  }

  private cutLongest(): void {
    const longest = [...this.framers].reduce((long, other) => (other.held > long.held ? other : long));
    this.held -= longest.held;
    longest.giveUp(
      new BadRecord('cut off, the longest of too many unfinished lines', `maxUnfinished ${formatSize(this.most)}`),
    );
    this.held += longest.held;
  }
}
