import type { RunContext } from '../context.ts';
import type { Grouping } from '../grouping.ts';
import type { Step } from '../step.ts';
import type { BatchWindowSpec } from './batch-window.ts';
import { recordsThemselves } from './group-table.ts';
import { windowedGroups } from './windowed-groups.ts';

/** A window over batches that gives out its records, in order of arrival. */
export function windowedRecords(spec: BatchWindowSpec, run: RunContext, down: Step): Step {
  return windowedGroups(spec, recordsThemselves as Grouping, run, down);
}
