import type { Clock } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { Ground } from '../define/ground.ts';
import { reasonOf } from '../input/fault.ts';
import { signalCommand, startCommand } from './commands.ts';

/** A command may take so long for one message, ms; then it is ended, and killed where it does not end soon after. */
const LONGEST = 30_000;
const LAST_CHANCE = 2000;
/** So many messages may wait; those that come when more do are told of as lost. */
const MOST_WAITING = 100;

/**
 * A command of the program that is run by `sh` for each message, one after the other, and reads it as a line on its standard input. What it
 * writes goes to standard error, so that it is never among the data. Data is no part of the command, nor of its environment. A command that fails or takes too long is told of, and
 * ends nothing else.
 */
export class InformedCommand {
  private readonly command: string;
  private readonly clock: Clock;
  private readonly note: (message: string, about: string) => void;
  private waiting = 0;
  private isGivenUp = false;
  private last: Promise<void> = Promise.resolve();

  /** @param clock that of the wall. @param note tells the user, once for all that is about the same. */
  constructor(command: string, clock: Clock, note: (message: string, about: string) => void) {
    this.command = command;
    this.clock = clock;
    this.note = note;
  }

  /** Runs it with this line, when those before are done, and what it follows from is written down. Never throws. */
  inform(line: string, ground?: Ground): void {
    if (this.waiting >= MOST_WAITING) {
      this.tell(`is too slow: ${MOST_WAITING} messages wait for it, and others are left out`);
      return;
    }
    this.waiting++;
    const last = this.last.then(() => ground?.written());
    // What cannot be written down ends the run, which tells of it.
    this.last = last
      .then(() => this.run(line))
      .catch(() => {})
      .finally(() => this.waiting--);
  }

  /** Resolves when all messages were read, or given up: those that wait longer than one may take are. */
  async finish(): Promise<void> {
    const callOff = this.clock.at(this.clock.now() + LONGEST, () => {
      this.isGivenUp = true;
    });
    await this.last;
    callOff();
  }

  private async run(line: string): Promise<void> {
    if (this.isGivenUp) {
      this.tell('was too slow: the run ended, and some messages are left out');
      return;
    }
    try {
      const { child, pid, ended } = await startCommand(['-c', this.command], ['pipe', 2, 2]);
      // It need not read what it is told.
      child.stdin!.on('error', () => {});
      child.stdin!.end(`${line}\n`);
      const callOff = this.endAfter(pid, LONGEST);
      const { status, signal } = await ended;
      callOff();
      if (status !== 0) this.tell(signal === null ? `ended with status ${status}` : `was ended by ${signal}`);
    } catch (error) {
      this.tell(`could not be started: ${reasonOf(error)}`);
    }
  }

  /** @returns how to call that off. */
  private endAfter(pid: number, time: number): () => void {
    let callOff = this.clock.at(this.clock.now() + time, () => {
      this.tell(`took longer than ${formatDuration(LONGEST)}, and was ended`);
      signalCommand(pid, 'SIGTERM');
      callOff = this.clock.at(this.clock.now() + LAST_CHANCE, () => signalCommand(pid, 'SIGKILL'));
    });
    return () => callOff();
  }

  private tell(how: string): void {
    this.note(`the command \`${this.command}\` ${how}`, `command ${this.command} ${how.split(' ')[0]}`);
  }
}
