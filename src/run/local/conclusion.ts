import { RunFailure } from '../../base/problem.ts';
import type { Plan } from '../../query/plan/plan.ts';
import type { Endings } from './endings.ts';
import { noteOnNothing } from './notes/run-notes.ts';
import type { LocalResult } from './options/local-options.ts';
import type { Recognition } from './reading/recognition.ts';
import { ALL_BAD } from './reports/bad-log.ts';
import type { Reports } from './reports/reports.ts';
import type { FieldWatch } from './steps/field-watch.ts';
import type { Reach } from './steps/reach.ts';

/** What is looked at of a run that is over. */
interface Concluded {
  readonly plan: Plan;
  readonly reports: Reports;
  readonly endings: Endings;
  readonly recognition: Recognition;
  readonly fieldWatch: FieldWatch;
  readonly reach: Reach;
  readonly sources: { readonly records: number; readonly recordsBefore: number };
  readonly batches: { readonly closed: number };
  /** Another run goes on from here, and what is open comes out there. */
  readonly isLeft: boolean;
}

/** Says the last of what a run has to say, and how it went. Called once, when all is out. */
export function conclude(run: Concluded): LocalResult {
  const { reports, endings } = run;
  const { records } = run.sources;
  run.recognition.finish();
  run.fieldWatch.finish();
  reports.noteAll(run.plan.comparisons.judge(records, true));
  const allBad = failureOfAllBad(run);
  if (allBad === undefined) noteIfNothing(run);
  const tooBad = reports.conclude(records + run.sources.recordsBefore);
  const failure = endings.isOutputClosed ? undefined : (reports.failure ?? tooBad ?? allBad);
  return {
    exit: failure?.exit ?? 0,
    ...(failure === undefined ? {} : { failure }),
    records,
    bad: reports.badCount,
    late: reports.lateCount,
    batches: run.batches.closed,
  };
}

/** Where nothing came out, that may be what was asked for, or not. */
function noteIfNothing({ reports, endings, reach, isLeft, sources: { records, recordsBefore } }: Concluded): void {
  // How far the records of an earlier run came is not known here.
  if (recordsBefore > 0 || isLeft) return;
  const lost = records - reports.badCount - reports.lateCount;
  const blocker = reach.blocker();
  if (lost <= 0 || blocker === undefined || reports.failure !== undefined || endings.isOutputClosed) return;
  reports.note(noteOnNothing(records, blocker));
}

/** A run that has read something and nothing of it well has no answer to give. */
function failureOfAllBad({ reports, reach, recognition, sources }: Concluded): RunFailure | undefined {
  const { records, recordsBefore } = sources;
  const { badCount, lateCount } = reports;
  if (recordsBefore > 0 || badCount === 0 || !reach.isAllLost) return undefined;
  if (badCount < records && (lateCount > 0 || !reach.isLostAsBad)) return undefined;
  const all = Math.min(badCount, records);
  const what = all === 1 ? 'the one record is bad' : `all ${all.toLocaleString('en-US')} records are bad`;
  return new RunFailure(ALL_BAD, 1, what, recognition.wayOut);
}
