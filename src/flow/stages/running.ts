import { defineStage } from '../define/stage.ts';

export const running = defineStage({
  name: 'running',
  group: 'window',
  summary: 'The aggregation from the start of the run, in every batch',
  synonyms: ['cumulative', 'so far'],
  docs: 'Stands directly before or behind an aggregation: `countByValue | running` counts from the start of the run and gives all counts in every batch from the first record on. Elsewhere it gives all records so far, which have to fit into `--state-max`.',
  examples: [
    { program: 'words | countByValue | running', in: 'to be or\nnot to be', out: 'to\t2\nbe\t2\nor\t1\nnot\t1' },
  ],
  parameters: {},
  needs: 'anything',
  gives: (input) => input,
  behaviour: { kind: 'window', window: () => ({ kind: 'running' }) },
});
