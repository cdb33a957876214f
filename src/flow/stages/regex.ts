import { BadRecord } from '../../base/problem.ts';
import { listOf, objectOf } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { defineStage } from '../define.ts';
import { namedGroups } from '../functions/groups.ts';
import { pattern } from '../parameters.ts';
import { fieldReader, fieldType, textOf, types } from './parsing.ts';

export const regex = defineStage({
  name: 'regex',
  group: 'parser',
  summary: 'The groups of a regular expression, as an object if they are named',
  docs:
    'Finds the first match in each line; a line without one is bad. Named groups, `(?<name>…)`, become the fields of an object; without names ' +
    'the groups become a list, and an expression without groups gives a list of the whole match. A group that took no part is null. Numbers ' +
    'where the text is a JSON number (`types: false` keeps strings).',
  examples: [
    { program: 'regex(/(?<path>\\S+) (?<ms>\\d+)ms/)', in: 'GET /a 12ms', out: '{"path":"/a","ms":12}' },
    { program: 'regex(/(\\S+) (\\d+)/, types: false)', in: 'a 1', out: 'a\t1' },
  ],
  parameters: { pattern: pattern('what to find in a line'), types },
  needs: 'text',
  gives: (_input, args) => {
    const named = namedGroups(args.pattern);
    const type = fieldType(args.types);
    return named === undefined ? listOf(type) : objectOf(Object.fromEntries(named.names.map((name) => [name, type])));
  },
  behaviour: {
    kind: 'record',
    create: (args) => {
      const read = fieldReader(args.types);
      const group = (text: string | undefined): Value => (text === undefined ? null : read(text));
      const named = namedGroups(args.pattern);
      const { expression } = named ?? { expression: args.pattern };
      return (record, emit) => {
        const match = expression.exec(textOf(record));
        if (match === null) throw new BadRecord('does not match the pattern', String(args.pattern));
        if (named !== undefined) emit(named.fields(match, read));
        else emit((match.length === 1 ? [match[0]] : match.slice(1)).map(group));
      };
    },
  },
  spark: { template: '$input.select(regexp_extract($"value", $pattern, 1))' },
});
