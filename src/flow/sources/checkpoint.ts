import { RunFailure } from '../../base/problem.ts';
import { UNKNOWN } from '../../base/type.ts';
import { defineSource } from '../define/source.ts';
import { keptParameters } from '../state/kept-parameters.ts';

/** So many records are handed over together. */
const PIECE = 1000;

export const checkpoint = defineSource({
  name: 'checkpoint',
  summary: 'What a stage of another run remembers, as it is kept by --checkpoint',
  synonyms: ['state', 'queryable', 'savepoint', 'snapshot'],
  docs:
    'Reads the directory that a run is kept in, also while it is at work there, as it was at the last tick that is kept, and ends. The stage is named as `as "name"` in its program names it, or by its word; where only one stage remembers something it need not be named. ' +
    'A state comes as a pair of its key and itself; groups, windows and sessions come as what they would give at the next tick if nothing came and the run ended. ' +
    'Stages that keep what they need for later and give nothing of it by themselves, such as `dedupe` and joins, give no records. Modules that the program imports are given by `--import` here, too. ' +
    'A run with `--checkpoint` does not read it, since it is another one each time; it may begin with it: `mapWithState(…, initial: checkpoint("state/", "sums"))`.',
  examples: [
    {
      program: 'checkpoint("state/", "paths") | filter(.n > 100) | sort(.n, desc: true)',
      notRun: 'it needs a directory in which a run is kept',
      out: '{"path":"/","n":140}',
    },
  ],
  parameters: keptParameters,
  gives: () => UNKNOWN,
  behaviour: () => ({
    kind: 'bounded',
    replayable: false,
    open: ({ directory, name }, context) => ({
      async run() {
        if (context.readKept === undefined)
          throw new RunFailure('source-kept', 3, `cannot read ${directory}: nothing is kept where this runs`);
        const values = await context.readKept(directory, name);
        const origin = context.origin(directory);
        for (let i = 0; i < values.length && !context.signal.aborted; i += PIECE) {
          await context.deliver({ kind: 'values', origin, values: values.slice(i, i + PIECE) });
        }
        origin.over?.();
      },
    }),
  }),
});
