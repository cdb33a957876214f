import { flowingStream } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';

export const transform = defineStage({
  name: 'transform',
  group: 'batch',
  summary: 'Stages applied to each batch, as one argument',
  docs: 'The stages stand in the place of `transform`; what they give comes out. It is here for the sake of Spark, whose `transform` reaches what streams alone cannot: here every stage works on a batch, and `transform(sort | take(3))` is `sort | take(3)`.',
  examples: [{ program: 'words | transform(sort | take(2))', in: 'b c a', out: 'a\nb' }],
  parameters: { stages: flowingStream('the stages, joined by `|`') },
  needs: 'anything',
  gives: (input) => input,
  behaviour: { kind: 'derived', text: '$stages' },
});
