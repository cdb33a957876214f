import { STRING } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { textOf } from '../parsing/field-types.ts';

const WHITE_SPACE = /\s+/;

export const words = defineStage({
  name: 'words',
  group: 'parser',
  summary: 'The words of each line, split at white space',
  docs:
    'Gives each word as a record; nothing else is changed, so case and punctuation stay. White space is what `\\s` matches: blanks, tabs, ' +
    'line ends, and the other spaces of Unicode, the no-break space among them. A line without words gives nothing.',
  examples: [
    { program: 'words', in: 'To be,  or\n  not', out: 'To\nbe,\nor\nnot' },
    { program: 'words | countByValue', in: 'a b a', out: 'a\t2\nb\t1' },
  ],
  parameters: {},
  needs: 'text',
  gives: () => STRING,
  behaviour: {
    kind: 'record',
    create: () => (record, emit) => {
      // Only the first and the last piece can be empty.
      for (const word of textOf(record).split(WHITE_SPACE)) if (word !== '') emit(word);
    },
  },
  faster: {
    // The words of a word are the word.
    texts: ({ cut }, { down }) =>
      cut.kind === 'split' ? undefined : down.faster?.({ form: 'texts', cut: { kind: 'words' } }),
  },
});
