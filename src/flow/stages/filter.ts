import { isTruthy } from '../../base/value.ts';
import { matchingLines } from '../bytes/matching-lines.ts';
import { filteringRows } from '../columns/filter-rows.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { linesInto } from '../records/one-by-one.ts';

export const filter = defineStage({
  name: 'filter',
  aliases: ['where'],
  group: 'record',
  summary: 'Only the records for which the function is true',
  synonyms: ['select'],
  docs: 'Records for which it gives null, false, 0 or "" are left out; everything else counts as true.',
  examples: [
    { program: 'filter(_.startsWith("t"))', in: 'to\nbe\ntoo', out: 'to\ntoo' },
    {
      program: 'json | filter(.level == "error")',
      in: '{"level":"info"}\n{"level":"error"}',
      out: '{"level":"error"}',
    },
  ],
  parameters: { f: lambda('whether to keep a record') },
  needs: 'anything',
  gives: (input) => input,
  behaviour: {
    kind: 'record',
    create:
      ({ f: { call } }) =>
      (record, emit) => {
        if (isTruthy(call(record))) emit(record);
      },
  },
  faster: {
    uses: 'passed',
    texts({ cut }, { args, down, run }) {
      const { text } = args.f;
      if (cut.kind !== 'lines' || text === undefined || text.kind === 'split') return undefined;
      // Worth it even where texts must become strings behind it: only those that pass do.
      return matchingLines(text, run.cursor, linesInto(down, run.cursor));
    },
    rows: (offer, { args, down }) => filteringRows(args.f, offer, down),
  },
});
