import textWidth from 'fast-string-width';
import type { Clock } from '../../base/clock.ts';
import type { RunFailure } from '../../base/problem.ts';
import { Room } from '../../base/room.ts';
import type { Frame, Move, Output, Region } from '../../flow/define/context.ts';
import { cutText } from '../../flow/formats/cells.ts';
import { sinkFailure } from '../../flow/output/failure.ts';
import type { Channel } from './channel.ts';
import { layOut } from './layout.ts';
import { BEGIN, END, ERASE_BELOW, ERASE_LINE_END, NO_WRAP, RESTORE, up, WRAP } from './sequences.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What stands at the bottom of the screen, in so many columns; asked at each drawing. */
type Status = (columns: number) => string | undefined;

export interface ScreenOptions {
  readonly clock: Clock;
  /** The size of the terminal now. */
  readonly size: () => Size;
  /** The terminal has gone. Called at most once. */
  readonly onClosed: () => void;
  /** It cannot be written for another reason. Called at most once. */
  readonly onFailure: (failure: RunFailure) => void;
}

/** ms between two drawings, at least. */
const PAUSE = 40;
/** So much text waits before `blocked` asks the run to stop reading, characters. */
const BOUND = 1024 * 1024;
/** So much text goes into one write, characters. */
const PIECE = 64 * 1024;

/**
 * A terminal that is written to by one hand only: text that stays (rows, notes) goes above, and below it stands a part that is drawn
 * anew in place.
 *
 *     text that stays and scrolls away        write, log
 *     ───────────────────────────────
 *     12:00:30  3 records                     regions, each a frame
 *     …
 *     2 clients  1,204/s                      the status line
 *     _                                       the cursor, between two drawings
 *
 * All that has changed goes out as one write, and the next one only when that is through: where the terminal is slow, frames between are
 * never drawn. Lines that are the same are not written again. The cursor is hidden within a drawing only, so it is always there.
 */
export class Screen implements Output {
  private readonly channel: Channel;
  private readonly options: ScreenOptions;
  /** What waits to go above the part that is drawn: whole lines in pieces, and what came last. */
  private pieces: string[] = [];
  private text = '';
  /** Characters in all of them. */
  private length = 0;
  private readonly frames: (Frame | undefined)[] = [];
  /** The frames that are held, while the view is. */
  private held: readonly (Frame | undefined)[] | undefined;
  private status: Status | undefined;
  /** Lines that stand there instead of the frames, and one instead of the status. */
  private notice: readonly string[] | undefined;
  private prompt: string | undefined;
  /** Lines for the user that come out while the rest is held. */
  private urgent = '';
  /** The lines that stand on the terminal, below the text. */
  private drawn: readonly string[] = [];
  private drawnColumns = 0;
  private isDirty = false;
  isWriting = false;
  private isDead = false;
  private isClosing = false;
  private lastDraw = Number.NEGATIVE_INFINITY;
  private callOff: (() => void) | undefined;
  private readonly room = new Room();
  private readonly waiting = new Set<() => void>();
  private readonly restore = () => {
    if (this.isWriting) this.channel.putNow(RESTORE);
  };

  /** @param channel is closed with it. */
  constructor(channel: Channel, options: ScreenOptions) {
    this.channel = channel;
    this.options = options;
    process.on('exit', this.restore);
  }

  // What outputs do.

  /** Text that stays, in pieces of any size. It is shown up to its last whole line. */
  write(piece: string | Uint8Array): void {
    this.add(typeof piece === 'string' ? piece : Buffer.from(piece).toString());
  }

  /** One line that stays. It comes out also while the view is held. */
  log(line: string): void {
    if (this.paused && !this.isDead) {
      this.urgent += `${line}\n`;
      this.schedule();
      return;
    }
    // Not into the middle of a line that has not come to its end.
    const start = this.text.lastIndexOf('\n') + 1;
    const open = this.text.slice(start);
    this.text = this.text.slice(0, start);
    this.length -= open.length;
    this.add(`${line}\n${open}`);
  }

  blocked(): Promise<void> | undefined {
    return this.length <= BOUND || this.isDead ? undefined : this.room.wait();
  }

  /** Resolves when the text that was written so far, and the newest frame, are out; while the view is held, what may come out of them. */
  flush(): Promise<void> {
    if (this.isDead || (!this.isWriting && !this.isDirty && !this.hasLine())) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.add(resolve);
      this.schedule();
    });
  }

  // What is drawn in place.

  /** A new region, below those that were opened before. */
  region(): Region {
    const index = this.frames.push(undefined) - 1;
    return {
      show: (frame) => {
        this.frames[index] = frame;
        if (!this.paused) this.redraw();
      },
    };
  }

  /** What the line at the bottom says from now on; undefined takes it away. */
  setStatus(status: Status | undefined): void {
    this.status = status;
    this.redraw();
  }

  /** Draws again what has changed; soon. */
  redraw(): void {
    this.isDirty = true;
    this.schedule();
  }

  get paused(): boolean {
    return this.held !== undefined;
  }

  /** Keeps the frames as they are, and text above them waits; the newest ones are shown when it goes on. */
  pause(isPaused: boolean): void {
    if (isPaused !== this.paused) this.held = isPaused ? [...this.frames] : undefined;
    this.redraw();
  }

  /** Shows another part of what is drawn in place. */
  move(move: Move): void {
    for (const frame of this.held ?? this.frames) frame?.move?.(move);
    this.redraw();
  }

  /** These lines stand there instead of what is drawn in place; undefined takes them away. */
  setNotice(lines: readonly string[] | undefined): void {
    this.notice = lines;
    this.redraw();
  }

  /** What the user types stands at the bottom; undefined takes it away. */
  setPrompt(line: string | undefined): void {
    this.prompt = line;
    this.redraw();
  }

  /** Others have written to the terminal: what was drawn stays where it is, and everything is drawn below it. */
  forget(): void {
    this.drawn = [];
    this.redraw();
  }

  /** Draws the newest frames for the last time, without a status line. They stay. */
  async close(): Promise<void> {
    this.held = undefined;
    this.status = undefined;
    this.notice = undefined;
    this.prompt = undefined;
    this.isDirty = true;
    this.isClosing = true;
    if (this.text !== '' && !this.text.endsWith('\n')) this.add('\n');
    const flushed = this.flush();
    this.draw();
    await flushed;
    this.callOff?.();
    process.off('exit', this.restore);
    this.isDead = true;
    this.channel.close();
  }

  // Text.

  private add(text: string): void {
    if (this.isDead) return;
    this.text += text;
    this.length += text.length;
    if (this.text.length >= PIECE) {
      const end = this.text.lastIndexOf('\n') + 1;
      if (end > 0) this.pieces.push(this.text.slice(0, end));
      this.text = this.text.slice(end);
    }
    this.schedule();
  }

  /** Whether there is text that may come out now. */
  private hasLine(): boolean {
    if (this.urgent !== '' || this.paused) return this.urgent !== '';
    return this.pieces.length > 0 || this.text.includes('\n');
  }

  /** Whole lines of the text, as many as go into one write. */
  private takeText(): string {
    if (this.urgent !== '' || this.paused) {
      const urgent = this.urgent;
      this.urgent = '';
      return urgent;
    }
    let taken = this.pieces.shift();
    if (taken === undefined) {
      const end = this.text.lastIndexOf('\n') + 1;
      taken = this.text.slice(0, end);
      this.text = this.text.slice(end);
    }
    this.length -= taken.length;
    return taken;
  }

  // Drawing.

  private schedule(): void {
    if (this.isWriting || this.isDead || this.callOff !== undefined) return;
    const { clock } = this.options;
    const now = clock.now();
    // Also where no time has to pass: what else is shown in the same turn goes into the same drawing.
    this.callOff = clock.at(this.hasLine() ? now : Math.max(now, this.lastDraw + PAUSE), () => {
      this.callOff = undefined;
      this.draw();
    });
  }

  private draw(): void {
    if (this.isWriting || this.isDead) return;
    this.callOff?.();
    this.callOff = undefined;
    const drawing = this.isDirty || this.hasLine() ? this.compose() : '';
    if (drawing === '') {
      this.settle();
      return;
    }
    this.lastDraw = this.options.clock.now();
    this.isWriting = true;
    this.channel.put(Buffer.from(drawing)).then(
      () => {
        this.isWriting = false;
        if (this.length <= BOUND) this.room.make();
        if (this.isClosing || this.hasLine()) this.draw();
        else if (this.isDirty) this.schedule();
        else this.settle();
      },
      (error: unknown) => this.fail(error),
    );
  }

  /** The drawing as one text, after which the terminal stands as `drawn` says. Empty if nothing has changed. */
  private compose(): string {
    this.isDirty = false;
    const { columns, rows } = this.options.size();
    const text = this.takeText();
    const lines = this.lines(columns, rows);
    const before = this.drawn;
    const isResized = columns !== this.drawnColumns;
    if (text === '' && !isResized && isSame(lines, before)) return '';
    const top = up(isResized ? heightOf(before, this.drawnColumns, columns) : before.length);
    this.drawn = lines;
    this.drawnColumns = columns;
    if (before.length === 0 && lines.length === 0) return text;
    if (text !== '' || isResized) {
      const drawing = lines.map((line) => `${line}\n`).join('');
      return `${BEGIN}${top}${ERASE_BELOW}${WRAP}${text}${NO_WRAP}${drawing}${END}`;
    }
    const changed = lines.map((line, i) => (line === before[i] ? '\n' : `${line}${restOf(line, columns)}\n`)).join('');
    return `${BEGIN}${top}${NO_WRAP}${changed}${ERASE_BELOW}${END}`;
  }

  private lines(columns: number, rows: number): readonly string[] {
    const bottom = this.prompt === undefined ? this.status?.(columns) : cutText(`${this.prompt}_`, columns);
    // The cursor has a line of its own below.
    const room = Math.max(0, rows - 1 - (bottom === undefined ? 0 : 1));
    const frames = (this.held ?? this.frames).filter((frame) => frame !== undefined);
    const lines =
      this.notice?.slice(0, room).map((line) => cutText(line, columns)) ?? layOut(frames, columns, room).slice(0, room);
    return bottom === undefined ? lines : [...lines, bottom];
  }

  private settle(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  private fail(error: unknown): void {
    this.isWriting = false;
    this.isDead = true;
    this.text = '';
    this.pieces = [];
    this.room.make();
    this.settle();
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EIO' || code === 'EPIPE' || code === 'ENXIO') this.options.onClosed();
    else this.options.onFailure(sinkFailure('the terminal', error));
  }
}

function isSame(lines: readonly string[], others: readonly string[]): boolean {
  return lines.length === others.length && lines.every((line, i) => line === others[i]);
}

/**
 * What takes away the rest of a line that was longer before. A line that goes to the terminal's edge leaves the cursor on its last
 * character, which would be taken away.
 */
function restOf(line: string, columns: number): string {
  return textWidth(line) < columns ? ERASE_LINE_END : '';
}

/** How many lines of the terminal these take now that it has become narrower, since it breaks them anew. */
function heightOf(lines: readonly string[], drawnColumns: number, columns: number): number {
  return lines.reduce(
    (sum, line) => sum + Math.max(1, Math.ceil(Math.min(textWidth(line), drawnColumns) / columns)),
    0,
  );
}
