import { toText } from '../../../base/json.ts';
import type { BadRecord, RunFailure } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import type { State } from '../../../flow/define/snapshot.ts';
import type { LocalOptions } from '../options/local-options.ts';
import type { Telling } from '../steps/run-context.ts';
import { RunCursor } from '../steps/run-cursor.ts';
import { BadLog, type BadSummary } from './bad-log.ts';

/** Where a run says what it has to say, see {@link LocalOptions}. */
export type ReportSettings = Pick<LocalOptions, 'tell' | 'trace' | 'badMax' | 'keepBad' | 'meter'>;

type ReportsState = {
  readonly bad: BadSummary;
  readonly lates: ReadonlyMap<string, number>;
};

/**
 * What a run says: which records were bad or late, notes, traces, and why it failed. It needs no source, no clock and no plan, so that
 * whoever runs a part of a plan can say the same in the same words.
 */
export class Reports implements Telling {
  readonly cursor = new RunCursor();
  /** Why the run fails: the first reason. */
  failure: RunFailure | undefined;
  private readonly settings: ReportSettings;
  private readonly onFailure: () => void;
  private badLog: BadLog;
  /** What was told, by what it is about. */
  private readonly told = new Map<string, string>();
  /** How many records were late, by why. */
  private readonly lates = new Map<string, number>();

  /** @param onFailure called for each failure, also behind the first. */
  constructor(settings: ReportSettings, onFailure: () => void) {
    this.settings = settings;
    this.onFailure = onFailure;
    this.badLog = this.newBadLog();
  }

  bad(problem: BadRecord, record?: Value): void {
    if (this.cursor.isPastEnd) return;
    this.settings.meter?.bad();
    const { origin, line } = this.cursor;
    const text = origin === null ? (record === undefined ? '' : toText(record)) : this.cursor.text();
    const failure = this.badLog.add(problem, { source: origin?.name, line, text });
    if (failure !== undefined) this.fail(failure);
  }

  late(why: string): void {
    if (this.cursor.isPastEnd) return;
    this.settings.meter?.late();
    this.lates.set(why, (this.lates.get(why) ?? 0) + 1);
  }

  note(message: string, about = message): void {
    this.noteOnce(about, () => message);
  }

  /** @param message is put together only where nothing about the same was told. */
  noteOnce(about: string, message: () => string): void {
    if (this.cursor.isPastEnd || this.told.has(about)) return;
    const line = message();
    this.told.set(about, line);
    this.settings.tell(line);
  }

  noteAll(notes: readonly (string | undefined)[]): void {
    for (const note of notes) if (note !== undefined) this.note(note);
  }

  trace(line: string): void {
    if (!this.cursor.isPastEnd) this.settings.trace(line);
  }

  fail(failure: RunFailure): void {
    this.failure ??= failure;
    this.onFailure();
  }

  /** Bad records so far. */
  get badCount(): number {
    return this.badLog.count;
  }

  /** Late records so far. */
  get lateCount(): number {
    let sum = 0;
    for (const count of this.lates.values()) sum += count;
    return sum;
  }

  /** What was noted so far, by what it is about. */
  get notes(): ReadonlyMap<string, string> {
    return this.told;
  }

  /** Counts what was bad in a part of the input that has so many lines of its file before it. */
  absorbBad(summary: BadSummary, linesBefore: number): void {
    this.badLog.absorb(summary, linesBefore);
  }

  /** What was bad since the last time, for {@link absorbBad} of another's; it is forgotten here. */
  takeBad(): BadSummary {
    const summary = this.badLog.snapshot();
    this.badLog = this.newBadLog();
    return summary;
  }

  /** What was bad and late so far, as plain data. Notes are no part of it: what is told once in a run is told to whoever runs it. */
  snapshot(): State {
    return { bad: this.badLog.snapshot(), lates: new Map(this.lates) } satisfies ReportsState;
  }

  /** Goes on counting from there; nothing of it is told again. Called before anything is reported. */
  restore(state: State): void {
    const { bad, lates } = state as ReportsState;
    this.badLog.restore(bad);
    for (const [why, count] of lates) this.lates.set(why, count);
  }

  /** The last that is told of what was bad or late. @param records read in all. @returns the failure, if so many may not be bad. */
  conclude(records: number): RunFailure | undefined {
    const summary = this.badLog.summary(records);
    const sum = (message: string) => this.settings.tell(message, { kind: 'sum', message, records });
    if (summary !== undefined) sum(summary);
    for (const [why, count] of this.lates) sum(`${count} late of ${records}: ${why}`);
    return this.badLog.failureAtEnd(records);
  }

  private newBadLog(): BadLog {
    const { badMax, tell, keepBad } = this.settings;
    return new BadLog(badMax, tell, keepBad && ((line) => keepBad.write(`${line}\n`)));
  }
}
