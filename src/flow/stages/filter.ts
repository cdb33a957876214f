import { isTruthy } from '../../base/value.ts';
import { filteringRows } from '../batch/columns/filter-rows.ts';
import { pushLines } from '../batch/lines.ts';
import { matchingLines } from '../batch/matching-lines.ts';
import type { TakeTexts } from '../batch/text-form.ts';
import { defineStage } from '../define.ts';
import { lambda } from '../parameters.ts';

export const filter = defineStage({
  name: 'filter',
  group: 'record',
  summary: 'Only the records for which the function is true',
  synonyms: ['grep', 'where', 'select'],
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
  uses: 'passed',
  behaviour: {
    kind: 'record',
    create:
      ({ f }) =>
      (record, emit) => {
        if (isTruthy(f(record))) emit(record);
      },
    texts(cut, down, form, { cursor }) {
      if (cut.kind !== 'lines' || form === undefined || form.kind === 'split') return undefined;
      // Worth it even where texts must become strings behind it: only those that pass do.
      const push: TakeTexts = (lines) => {
        pushLines(lines, cursor, (line) => down.push(line));
      };
      return matchingLines(form, cursor, down.texts?.(cut) ?? push);
    },
    rows: ({ f }, projection, down) => filteringRows(f, projection, down),
  },
  spark: { template: '$input.filter($f)' },
});
