import type { Plan } from '../query/plan/plan.ts';
import { behavioursOf, type TimingOptions } from '../run/local/options/timing.ts';
import { UsageError } from './usage-error.ts';

/** Refuses `--once` without `--for` where a source cannot tell when it has all that is there. @throws UsageError. */
export function refuseEndless(plan: Plan, environment: Pick<TimingOptions, 'stdin'>): void {
  behavioursOf(plan, environment).forEach((behaviour, i) => {
    if (behaviour.kind !== 'live' || behaviour.endless === undefined) return;
    const { name } = plan.sources[i]!.definition;
    throw new UsageError(`--once ends when all is read, and ${name} cannot tell when that is: ${behaviour.endless}`, {
      help: '--for 10s says for how long to read; with --once all that comes meanwhile is one batch',
    });
  });
}
