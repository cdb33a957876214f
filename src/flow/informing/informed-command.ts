import type { Clock } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { Ground } from '../define/ground.ts';
import { reasonOf } from '../input/fault.ts';
import { signalCommand, startCommand } from '../processes/commands.ts';
import { type Informed, Messages } from './messages.ts';

/** A command may take so long for one message, ms; then it is ended, and killed where it does not end soon after. */
const LONGEST = 30_000;
const LAST_CHANCE = 2000;

/**
 * A command of the program that is run by `sh` for each message, one after the other, and reads it as a line on its standard input. What it
 * writes goes to standard error, so that it is never among the data. Data is no part of the command, nor of its environment. A command that fails or takes too long is told of, and
 * ends nothing else.
 */
export class InformedCommand implements Informed {
  private readonly command: string;
  private readonly clock: Clock;
  private readonly note: (message: string, about: string) => void;
  private readonly messages: Messages;

  /** @param clock that of the wall. @param note tells the user, once for all that is about the same. */
  constructor(command: string, clock: Clock, note: (message: string, about: string) => void) {
    this.command = command;
    this.clock = clock;
    this.note = note;
    this.messages = new Messages(
      clock,
      (line) => this.run(line),
      (how) => this.tell(how),
    );
  }

  inform(line: string, ground?: Ground): void {
    this.messages.inform(line, ground);
  }

  finish(): Promise<void> {
    return this.messages.finish();
  }

  private async run(line: string): Promise<void> {
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
