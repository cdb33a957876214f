import { JsonError, parseJson } from '../../base/json.ts';
import { UNKNOWN } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { jsonFields } from '../bytes/json-fields.ts';
import { defineStage } from '../define/stage.ts';
import { textOf } from '../parsing/field-types.ts';

/** The one JSON value of a line. @throws BadRecord */
function parseLine(line: string): Value {
  try {
    return parseJson(line);
  } catch (error) {
    throw error instanceof JsonError ? error.asBadRecord() : error;
  }
}

const BLANK = /^[ \t\r\n]*$/;

export const json = defineStage({
  name: 'json',
  group: 'parser',
  summary: 'Each line is one JSON value',
  synonyms: ['ndjson', 'jsonl'],
  docs:
    'Gives the value of each line. A line that is not exactly one JSON value is bad (`not JSON`); a blank line gives nothing. A line with a number beyond the ' +
    'range of doubles (`1e309`), or nested more than 1,000 levels deep, is JSON and bad all the same, for that reason. ' +
    'Integers beyond 2^53 keep their digits; of fields with the same name the last one counts.',
  examples: [
    { program: 'json | map(.ms)', in: '{"path":"/a","ms":12}\n{"path":"/b","ms":7.5}', out: '12\n7.5' },
    { program: 'json | map(.id)', in: '{"id":9007199254740993}', out: '9007199254740993' },
  ],
  parameters: {},
  needs: 'text',
  instead: '`print` with `--format json`, or `save("out/", "json")`, if JSON is to be written: this reads it',
  gives: () => UNKNOWN,
  behaviour: {
    kind: 'record',
    create: () => (record, emit) => {
      const line = textOf(record);
      if (!BLANK.test(line)) emit(parseLine(line));
    },
  },
  faster: { fields: () => jsonFields },
});
