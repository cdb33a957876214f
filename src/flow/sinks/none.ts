import { defineSink } from '../define/sink.ts';

export const none = defineSink({
  name: 'none',
  summary: 'Takes the records and writes nothing',
  synonyms: ['discard', '/dev/null'],
  docs: 'For measuring, and for streams that are run for what they do on the way (`tap`, a `save` in the middle).',
  examples: [{ program: 'words | none', in: 'to be', out: '' }],
  parameters: {},
  faster: { lines: () => true },
  promise: 'exact',
  create: () => ({
    push() {},
    close() {},
    isClear: true,
    blocked: () => undefined,
    mark: () => Promise.resolve(null),
    finish: () => Promise.resolve(),
  }),
});
