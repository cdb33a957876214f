import { STRING } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { textOf } from '../parsing/field-types.ts';

const LINE_END = /\r?\n/;

export const lines = defineStage({
  name: 'lines',
  group: 'parser',
  summary: 'The lines of each record',
  docs:
    'Splits records that hold several lines, as a source with a `delimiter:` of its own gives them; a single line stays as it is. ' +
    'A line ends at `\\n` or `\\r\\n`; a last line without an end counts, also an empty record, which is one empty line.',
  examples: [
    { program: 'lines', in: 'a\nb', out: 'a\nb' },
    { program: 'map(_ + "\\n" + _) | lines', in: 'a', out: 'a\na' },
  ],
  parameters: {},
  needs: 'text',
  gives: () => STRING,
  behaviour: {
    kind: 'record',
    create: () => (record, emit) => {
      const text = textOf(record);
      if (!text.includes('\n')) return emit(text);
      const pieces = text.split(LINE_END);
      if (pieces.at(-1) === '') pieces.pop();
      for (const line of pieces) emit(line);
    },
  },
  faster: {
    // Texts that lie in lines have no line end.
    texts: (offer, { down }) => down.faster?.(offer),
  },
});
