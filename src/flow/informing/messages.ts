import type { Clock } from '../../base/clock.ts';
import type { Ground } from '../define/ground.ts';

/** What is waited for at the end of a run, ms. */
const LAST_CHANCE = 30_000;
/** So many messages may wait; those that come when more do are told of as lost. */
const MOST_WAITING = 100;

/** What takes messages of a stage, one after the other. */
export interface Informed {
  /** Sends this line, when those before are done, and what it follows from is written down. Never throws. */
  inform(line: string, ground?: Ground): void;
  /** Resolves when all messages were read, or given up: those that wait longer than one may take are. */
  finish(): Promise<void>;
}

/** Sends messages one after the other. What fails is told of, and ends nothing else. */
export class Messages implements Informed {
  private readonly clock: Clock;
  private readonly send: (line: string) => Promise<void>;
  private readonly tell: (how: string) => void;
  private waiting = 0;
  private isGivenUp = false;
  private last: Promise<void> = Promise.resolve();

  /** @param send never rejects, and ends by itself within a bound. @param tell tells the user what of it is wrong: `is too slow`. */
  constructor(clock: Clock, send: (line: string) => Promise<void>, tell: (how: string) => void) {
    this.clock = clock;
    this.send = send;
    this.tell = tell;
  }

  inform(line: string, ground?: Ground): void {
    if (this.waiting >= MOST_WAITING) {
      this.tell(`is too slow: ${MOST_WAITING} messages wait for it, and others are left out`);
      return;
    }
    this.waiting++;
    const last = this.last.then(() => ground?.written());
    // What cannot be written down ends the run, which tells of it.
    this.last = last
      .then(() => this.next(line))
      .catch(() => {})
      .finally(() => this.waiting--);
  }

  async finish(): Promise<void> {
    const callOff = this.clock.at(this.clock.now() + LAST_CHANCE, () => {
      this.isGivenUp = true;
    });
    await this.last;
    callOff();
  }

  private next(line: string): Promise<void> | undefined {
    if (!this.isGivenUp) return this.send(line);
    this.tell('was too slow: the run ended, and some messages are left out');
    return undefined;
  }
}
