import { listOf, STRING } from '../../base/type.ts';
import { textOrPattern } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';

export const split = defineStage({
  name: 'split',
  group: 'record',
  summary: 'The parts of a line between separators, each as a record',
  synonyms: ['tokenize', 'cut'],
  docs: 'Stands for `flatMap(_.split(separator))`. Between two separators that follow each other, and at the ends, parts are empty texts: `words` has none of these. The parts as one list are `map(_.split(","))`.',
  examples: [
    { program: 'split(" ")', in: 'to be\nor not', out: 'to\nbe\nor\nnot' },
    { program: 'split(/[,;]/)', in: 'a,b;c', out: 'a\nb\nc' },
  ],
  parameters: { separator: textOrPattern('what stands between two parts') },
  needs: 'text',
  gives: () => listOf(STRING),
  behaviour: { kind: 'derived', text: 'flatMap(_.split($separator))' },
});
