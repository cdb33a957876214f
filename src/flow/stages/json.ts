import { UNKNOWN } from '../../base/type.ts';
import { flag } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { LONGEST_VALUE } from '../parsing/json-lines.ts';
import { fieldsOfJson, jsonStep } from '../parsing/json-step.ts';

export const json = defineStage({
  name: 'json',
  group: 'parser',
  summary: 'JSON values: one a line, or over lines, or several on one',
  synonyms: ['ndjson', 'jsonl', 'pretty-printed', 'array', 'kubectl'],
  docs:
    'Gives each value. Most often each line is one; a value may also reach over lines, as where it is printed for people, and several may stand on a line. ' +
    'A line that is wrong is bad as a whole (`not JSON`); a blank line gives nothing. A value over lines that is wrong or does not end is one bad record, told with ' +
    'the line in which it began, and reading goes on with the next one. Each file or connection is read by itself; a value may go on in the next batch, and is at most 64 MB long, as a line may be where its source says nothing else. ' +
    'A list is one record; `items: true` gives the items of lists instead, each as soon as it is read, so that a list may be longer than memory, where it has line ends. A line with a number beyond the range of doubles (`1e309`), nested more than 1,000 levels deep, or of so many lists, objects and members that they would take more than 256 MB, is JSON and bad all the same, for that reason. ' +
    'Integers beyond 2^53 keep their digits; of fields with the same name the last one counts.',
  examples: [
    { program: 'json | map(.ms)', in: '{"path":"/a","ms":12}\n{"path":"/b","ms":7.5}', out: '12\n7.5' },
    {
      program: 'json',
      in: '{\n  "id": 9007199254740993\n}\n{"id":2} {"id":3}',
      out: '{"id":9007199254740993}\n{"id":2}\n{"id":3}',
    },
    { program: 'json(items: true) | map(.ms)', in: '[\n  {"ms":12},\n  {"ms":7.5}\n]', out: '12\n7.5' },
  ],
  parameters: { items: flag('whether the items of a list are the records, not the list itself') },
  needs: 'text',
  instead: '`print` with `--format json`, or `save("out/", "json")`, if JSON is to be written: this reads it',
  gives: () => UNKNOWN,
  keepsOrigin: true,
  longLines: LONGEST_VALUE,
  behaviour: { kind: 'step', create: jsonStep, exchange: () => 'none', isByOrigin: true },
  faster: { fields: fieldsOfJson, readsParts: 'inner' },
});
