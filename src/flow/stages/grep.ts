import { textOrPattern } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';

export const grep = defineStage({
  name: 'grep',
  group: 'record',
  summary: 'Only the lines that have a text, or match a regular expression, in them',
  synonyms: ['search', 'contains', 'ripgrep', 'egrep'],
  docs:
    'Stands for `filter(_.includes("…"))`, or `filter(/…/.test(_))` where it is given a regular expression, `/error/i` for instance. Without those lines it is `filter(!_.includes("…"))`. ' +
    'Records that are no text have no lines: `filter(.message.includes("…"))` looks into a field.',
  examples: [
    { program: 'grep("error")', in: 'ok\nan error\nError', out: 'an error' },
    { program: 'grep(/^error/i)', in: 'ok\nan error\nError', out: 'Error' },
  ],
  parameters: { what: textOrPattern('what has to be in a line') },
  needs: 'text',
  instead: '`filter(.message.includes("…"))` for a field of objects',
  gives: (input) => input,
  behaviour: {
    kind: 'derived',
    text: ({ what }) => (typeof what === 'string' ? 'filter(_.includes($what))' : 'filter($what.test(_))'),
  },
});
