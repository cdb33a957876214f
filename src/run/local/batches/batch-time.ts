import type { RunQuestions } from '../../../flow/define/function.ts';

/** What joins the expressions of a program, which are compiled first, to the run. */
export interface BatchTime {
  /** The time of the batch, ms: told before its first record. */
  time: number;
  /** What expressions have to tell the user; set by the run. */
  note?: RunQuestions['note'];
}
