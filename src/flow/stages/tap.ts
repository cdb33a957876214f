import { toText } from '../../base/json.ts';
import type { Value } from '../../base/value.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { keepingOrigin, passingOn } from '../define/step.ts';
import { reportBad } from '../records/report-bad.ts';

export const tap = defineStage({
  name: 'tap',
  group: 'record',
  summary: 'Shows each record on stderr and passes it on unchanged',
  synonyms: ['tee', 'debug', 'peek'],
  docs:
    'For a look into the middle of a pipeline: writes the record, or what the function gives for it, as one line to stderr. What flows on is ' +
    'not changed; if the function fails, that is reported as bad and the record flows on all the same.',
  examples: [
    { program: 'tap(_.length) | map(_ + "!")', in: 'to\nbe', out: 'to!\nbe!', notRun: 'what it shows goes to stderr' },
  ],
  parameters: { f: lambda('what to show of a record').optional() },
  needs: 'anything',
  gives: (input) => input,
  keepsOrigin: true,
  faster: { uses: 'passed' },
  behaviour: {
    kind: 'step',
    exchange: () => 'none',
    create: ({ f }, run, down) => {
      const show = (record: Value) => run.trace(toText(f === undefined ? record : f.call(record)));
      return passingOn(down, {
        ...keepingOrigin(down),
        push(record) {
          try {
            show(record);
          } catch (problem) {
            reportBad(run, problem, record);
          }
          down.push(record);
        },
      });
    },
  },
});
