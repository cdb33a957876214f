import { toJson } from '../../../base/json.ts';
import { type BadRecord, RunFailure } from '../../../base/problem.ts';
import type { Value } from '../../../base/value.ts';
import type { BadMax } from '../options/local-options.ts';

/** Where a bad record stood. */
type BadPlace = {
  /** Undefined at a tick, where no record of the input is under way. */
  readonly source: string | undefined;
  /** From 1. */
  readonly line: number;
  readonly text: string;
};

/** The code of the failure of a run in which no record was good; where a signal has ended it, that goes before it. */
export const ALL_BAD = 'all-bad';

type Reason = {
  count: number;
  readonly first: BadPlace;
  readonly detail: string | undefined;
};

/** What was bad, by reason in the order first seen. Plain data, so that a worker can send it. */
export type BadSummary = readonly (readonly [reason: string, what: Readonly<Reason>])[];

const SHOWN = 200;

/**
 * Counts bad records by reason, so that none is lost silently: the first of each reason is told at once, the sum at the end,
 * and all of them are kept where the user asked for it.
 */
export class BadLog {
  /** Bad records so far. */
  count = 0;
  private readonly reasons = new Map<string, Reason>();
  private readonly max: BadMax | undefined;
  private readonly tell: (line: string, data?: Value) => void;
  private readonly keep: ((line: string) => void) | undefined;

  /**
   * @param tell writes one line for the user; `data` has the same for programs, where it is of a record.
   * @param keep writes one JSON line to the file of bad records.
   */
  constructor(
    max: BadMax | undefined,
    tell: (line: string, data?: Value) => void,
    keep: ((line: string) => void) | undefined,
  ) {
    this.max = max;
    this.tell = tell;
    this.keep = keep;
  }

  /** @returns the failure that ends the run, once more records are bad than may be. */
  add(problem: BadRecord, place: BadPlace): RunFailure | undefined {
    this.note(problem.reason, { count: 1, first: place, detail: problem.detail });
    this.keep?.(toJson(keptForm(problem, place)));
    if (this.max === undefined || !('count' in this.max) || this.count <= this.max.count) return undefined;
    const most = `${group(this.max.count)} bad ${this.max.count === 1 ? 'record' : 'records'}`;
    return new RunFailure('bad-max', 1, `more than ${most} (--bad-max): ${this.reasonsText()}`);
  }

  /** What was bad so far. */
  snapshot(): BadSummary {
    return [...this.reasons];
  }

  /** Adds what was bad in a part of the input that has `linesBefore` lines of its file before it. */
  absorb(summary: BadSummary, linesBefore: number): void {
    for (const [reason, what] of summary) {
      this.note(reason, { ...what, first: { ...what.first, line: what.first.line + linesBefore } });
    }
  }

  /** Goes on from what another one had counted, and has told. */
  restore(summary: BadSummary): void {
    this.count = 0;
    this.reasons.clear();
    for (const [reason, what] of summary) {
      this.reasons.set(reason, { ...what });
      this.count += what.count;
    }
  }

  private note(reason: string, what: Reason): void {
    this.count += what.count;
    const known = this.reasons.get(reason);
    if (known !== undefined) {
      known.count += what.count;
      return;
    }
    this.reasons.set(reason, { ...what });
    const detail = what.detail === undefined ? '' : ` (${what.detail})`;
    const line = `bad record: ${reason}${detail}, ${where(what.first)}: ${shorten(what.first.text)}`;
    this.tell(line, keptForm({ reason, detail: what.detail }, what.first, { kind: 'bad' }));
  }

  /** One line about all bad records; undefined if there were none. `records` is how many were read in all. */
  summary(records: number): string | undefined {
    if (this.count === 0) return undefined;
    return `${group(this.count)} bad of ${group(Math.max(records, this.count))}: ${this.reasonsText()}`;
  }

  /** The failure of a run whose part of bad records was too large. */
  failureAtEnd(records: number): RunFailure | undefined {
    if (this.max === undefined || !('share' in this.max) || this.count <= this.max.share * records) return undefined;
    return new RunFailure('bad-max', 1, `more than ${this.max.share * 100}% of the records are bad (--bad-max)`);
  }

  private reasonsText(): string {
    return [...this.reasons]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([reason, { count, first }]) => `${group(count)} ${reason} (first ${where(first)})`)
      .join(', ');
  }
}

function where({ source, line }: BadPlace): string {
  return source === undefined ? 'at the end of a batch' : `${source}:${line}`;
}

/** @param more stands in front. */
function keptForm(
  { reason, detail }: BadRecord,
  { source, line, text }: BadPlace,
  more?: { readonly kind: 'bad' },
): Value {
  return {
    ...more,
    source: source ?? null,
    line: source === undefined ? null : line,
    reason,
    ...(detail === undefined ? {} : { detail }),
    text,
  };
}

function shorten(text: string): string {
  // None of its characters takes less than one, and a text may have millions of them.
  const line = JSON.stringify(text.slice(0, SHOWN + 1))
    .slice(1, -1)
    .replaceAll('\\"', '"');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

function group(count: number): string {
  return count.toLocaleString('en-US');
}
