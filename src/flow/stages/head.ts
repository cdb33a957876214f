import { whole } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { firstOf } from '../records/first-of.ts';

export const head = defineStage({
  name: 'head',
  aliases: ['limit'],
  group: 'record',
  summary: 'The first n records of the run, which ends with them',
  synonyms: ['first', 'peek', 'look'],
  docs:
    'A look at what there is: no more is read than the first n records need, and the run ends when all its outputs are closed. A source stops when no open stream reads it: ' +
    'in `let s = …; s | head(2); s | count` all of it is read. A sink in front of it wants all records, and keeps its stream open. Behind a window or an aggregation it counts over the ' +
    'whole run, too; the first n of each batch are `take(n)`.',
  examples: [
    { program: 'head(2)', in: 'a\nb\nc', out: 'a\nb' },
    { program: 'queue(["a"], ["b", "c"], ["d"]) | head(2)', out: 'a\nb' },
  ],
  parameters: { n: whole('how many') },
  needs: 'anything',
  gives: (input) => input,
  keeps: true,
  keepsOrigin: true,
  needsFirst: ({ n }) => n,
  behaviour: { kind: 'step', create: ({ n }, run, down) => firstOf(n, run, down), exchange: () => 'whole' },
});
