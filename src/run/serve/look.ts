import type { Node } from '../../query/plan/plan.ts';
import type { RunState } from '../local/run-state.ts';
import type { StageCount } from '../local/steps/stage-meter.ts';

/** What is shown of a run whose results are served. */
export interface RunLook {
  readonly program: string;
  readonly version: string;
  /** All of its program, in the order in which stages are counted. */
  readonly nodes: readonly Node[];
  /** When it began, ms since the epoch. */
  readonly started: number;
  state(): RunState;
  /** What went through each stage; none where nobody counts it. */
  stages(): readonly StageCount[];
}

/** The same where its results are served. */
export interface Look extends RunLook {
  /** Whether its input has ended. */
  isOver(): boolean;
}
