import type { Call } from '../../tree/tree.ts';
import type { SinkNode } from '../plan.ts';
import { type PlanProblem, planProblem } from './codes.ts';

/** The names of files that the sinks of a program write to. */
export class Claims {
  private readonly known = new Map<string, Call>();

  /** What is wrong where two sinks write files of the same names: each would replace what the other wrote. */
  check({ call, definition, arguments: values }: SinkNode): PlanProblem | undefined {
    const claimed = definition.claims?.(values);
    if (claimed === undefined) return undefined;
    const before = this.known.get(claimed);
    if (before === undefined) {
      this.known.set(claimed, call);
      return undefined;
    }
    return planProblem('same-files', call.place, {
      message: `two \`${call.name}\` would write to the same files, ${claimed}`,
      label: 'the second one',
      help: 'let one of them write elsewhere, or bring the streams together with `union`',
      also: { place: before.place, label: 'the first one' },
    });
  }
}
