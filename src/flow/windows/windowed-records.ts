import type { RunContext } from '../define/context.ts';
import type { Grouping } from '../define/grouping.ts';
import type { Step } from '../define/step.ts';
import { recordsThemselves } from '../groups/groupings.ts';
import type { BatchWindowSpec } from './batch-window.ts';
import { windowedGroups } from './windowed-groups.ts';

/** A window over batches that gives out its records, in order of arrival. */
export function windowedRecords(spec: BatchWindowSpec, run: RunContext, down: Step): Step {
  return windowedGroups(spec, recordsThemselves as Grouping, run, down);
}
