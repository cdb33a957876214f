import { Chalk } from 'chalk';
import { wallClock } from '../../base/clock.ts';
import { visibleLine } from '../../base/visible.ts';
import type { Output, Region } from '../../flow/define/context.ts';
import { FileOutput } from '../../flow/output/stdout.ts';
import type { Plan } from '../../query/plan/plan.ts';
import type { LocalRun } from '../../run/local/local-run.ts';
import { tell } from '../streams/door.ts';
import { leadsToTerminal } from '../streams/leads-to-terminal.ts';
import { wantsColor } from '../streams/paint.ts';
import { openChannel } from './channel.ts';
import { isInForeground, listenToKeys } from './keys.ts';
import { Screen, type ScreenOptions } from './screen.ts';
import { StatusLine } from './status-line.ts';
import { lookAround, sizeOf } from './terminal.ts';
import { Viewer } from './viewer.ts';

/** ms until the status line is first shown, so that a short run has none, and between two looks at the run. */
const FIRST_STATUS = 400;
const STATUS_INTERVAL = 500;

/** What the command line says of looks; undefined leaves it to what standard output and error are. */
interface ConsoleFlags {
  readonly live?: boolean;
  readonly status?: boolean;
  readonly color?: boolean;
}

/**
 * Where a run writes, by what its standard output and error are:
 *
 *     both one terminal            a screen: results and notes above, live tables and the status line below
 *     output a file                the file; a screen on standard error with notes and the status line
 *     output a pipe, or not able   each plainly to its own, since what reads the pipe may write to the terminal as well
 */
export class Console {
  readonly stdout: Output;
  readonly isTerminal: boolean;
  readonly ascii: boolean;
  /** What was to read standard output has closed it without having taken anything. */
  isUnread = false;
  /** Opens a region; undefined where nothing is drawn in place. */
  readonly openRegion: (() => Region) | undefined;
  private readonly fileOutput: FileOutput | undefined;
  /** Both are the same where output and error are the same terminal. */
  private readonly outScreen: Screen | undefined;
  private readonly errorScreen: Screen | undefined;
  private readonly showsStatus: boolean;
  private readonly plan: Plan;
  private readonly flags: ConsoleFlags;
  private run: LocalRun | undefined;
  private hasRegions = false;
  private isClosed = false;
  private callOff = () => {};
  private stopKeys: (() => void) | undefined;
  /** The terminal that tells of a new size; undefined where nothing is drawn. */
  private readonly resized: NodeJS.WriteStream | undefined;
  private readonly resize = () => {
    this.outScreen?.redraw();
    this.errorScreen?.redraw();
  };

  constructor(plan: Plan, flags: ConsoleFlags) {
    this.plan = plan;
    this.flags = flags;
    const around = lookAround(isInForeground());
    // What the user types would stand between the lines that are drawn.
    const canDraw = around.canDraw && !(this.readsStdin && leadsToTerminal(0));
    this.isTerminal = around.stdoutIsTerminal;
    this.ascii = around.ascii;
    const mayStand = around.stdoutIsTerminal ? around.isSame : !around.stdoutIsPiped || flags.status === true;
    this.showsStatus = canDraw && around.stderrIsTerminal && mayStand && flags.status !== false;
    const isLive = canDraw && around.stdoutIsTerminal && flags.live !== false;
    const options = (stream: 'stdout' | 'stderr'): ScreenOptions => ({
      clock: wallClock,
      size: () => sizeOf(process[stream]),
      onClosed: (hasTaken?: boolean) => {
        this.isUnread = hasTaken === false;
        this.run?.closeOutput();
      },
      onFailure: (failure) => this.run?.fail(failure),
    });
    if (around.stdoutIsTerminal && (isLive || this.showsStatus))
      this.outScreen = new Screen(openChannel(1), options('stdout'));
    else this.fileOutput = new FileOutput(1, options('stdout'));
    this.stdout = this.outScreen ?? this.fileOutput!;
    if (around.isSame) this.errorScreen = this.outScreen;
    else if (this.showsStatus) this.errorScreen = new Screen(openChannel(2), options('stderr'));
    const screen = this.outScreen;
    if (isLive && screen !== undefined) {
      this.openRegion = () => {
        this.hasRegions = true;
        return screen.region();
      };
    }
    if (this.outScreen !== undefined) this.resized = process.stdout;
    else if (this.errorScreen !== undefined) this.resized = process.stderr;
    this.resized?.on('resize', this.resize);
  }

  /** One line on standard error, above what is drawn. */
  tell(line: string): void {
    if (this.errorScreen === undefined || this.isClosed) tell(line);
    else this.errorScreen.log(visibleLine(line));
  }

  tellAll(lines: readonly string[]): void {
    for (const line of lines) this.tell(line);
  }

  /** From now on the run is shown in the status line, and keys are heard. */
  attach(run: LocalRun): void {
    this.run = run;
    const screen = this.errorScreen ?? this.outScreen;
    if (screen === undefined || !(this.hasRegions || this.showsStatus)) return;
    this.stopKeys = this.mayHearKeys() ? this.hearKeys() : undefined;
    // What is held then has to come out, for the run to end.
    run.signal.addEventListener('abort', () => this.outScreen?.pause(false));
    if (!this.showsStatus || this.errorScreen === undefined) return;
    const look = {
      paint: new Chalk({ level: wantsColor(this.flags.color, true) ? 1 : 0 }),
      ascii: this.ascii,
      keys: this.stopKeys !== undefined,
      view: this.outScreen !== undefined,
    };
    // That of the run, which is ahead of the machine's where it goes on from a later time.
    const { clock } = run.options;
    const status = new StatusLine(look, clock.now());
    const statusScreen = this.errorScreen;
    const show = () => {
      statusScreen.setStatus((columns) =>
        status.text(run.state(), clock.now(), columns, this.outScreen?.paused === true),
      );
      this.callOff = wallClock.at(wallClock.now() + STATUS_INTERVAL, show);
    };
    this.callOff = wallClock.at(wallClock.now() + FIRST_STATUS, show);
  }

  /** Everything is out, and the terminal is as it was. What is told afterwards goes to standard error as it is. */
  async close(): Promise<void> {
    this.callOff();
    this.stopKeys?.();
    this.resized?.off('resize', this.resize);
    await this.outScreen?.close();
    if (this.errorScreen !== this.outScreen) await this.errorScreen?.close();
    await this.fileOutput?.close();
    this.isClosed = true;
  }

  private get readsStdin(): boolean {
    return this.plan.sources.some(({ definition }) => definition.isDefault);
  }

  /** What the program starts may ask the user for something (a password), and shall have its keys. */
  private mayHearKeys(): boolean {
    return (
      isInForeground() && !this.plan.nodes.some((node) => node.kind !== 'window' && node.definition.name === 'exec')
    );
  }

  private hearKeys(): (() => void) | undefined {
    const viewer = this.outScreen && new Viewer(this.outScreen, this.hasRegions);
    return listenToKeys(!this.readsStdin, {
      press: (key) => viewer?.press(key),
      isTyping: () => viewer?.isTyping === true,
      resumed: () => {
        this.outScreen?.forget();
        if (this.errorScreen !== this.outScreen) this.errorScreen?.forget();
      },
    });
  }
}
