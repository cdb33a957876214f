import { BadRecord } from '../../base/problem.ts';
import { listOf, objectOf } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { pattern } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { fieldReader, fieldType, fieldTypes, textOf, types, typesDocs, unknownTypes } from '../parsing/field-types.ts';
import { fieldsOfMatches } from '../pattern/groups.ts';

export const regex = defineStage({
  name: 'regex',
  group: 'parser',
  summary: 'The groups of a regular expression, as an object if they are named',
  docs:
    'Finds the first match in each line; a line without one is bad, but a blank one gives nothing. Named groups, `(?<name>…)`, become the fields of an object; without names ' +
    'the groups become a list, and an expression without groups gives a list of the whole match. A group that took no part is null. ' +
    typesDocs,
  examples: [
    { program: 'regex(/(?<path>\\S+) (?<ms>\\d+)ms/)', in: 'GET /a 12ms', out: '{"path":"/a","ms":12}' },
    { program: 'regex(/(\\S+) (\\d+)/, types: false)', in: 'a 1', out: 'a\t1' },
  ],
  parameters: { pattern: pattern('what to find in a line'), types },
  needs: 'text',
  gives: (_input, args) => {
    const typed = fieldTypes(args.types);
    const { groups } = args.pattern;
    if (groups === undefined) return listOf(fieldType(typed, ''));
    return objectOf(groups.names.map((name) => [name, fieldType(typed, name)]));
  },
  behaviour: {
    kind: 'record',
    create: (args, run) => {
      const typed = fieldTypes(args.types);
      const read = fieldReader(typed);
      const group = (text: string | undefined): Value => (text === undefined ? null : read(text, ''));
      const { pattern } = args;
      const unknown = unknownTypes(typed, pattern.groups?.names ?? [], 'groups with names');
      if (unknown !== undefined) run.note(unknown);
      const fields = fieldsOfMatches(pattern);
      return (record, emit) => {
        const line = textOf(record);
        const match = pattern.exec(line);
        if (match === null && line.trim() === '') return;
        if (match === null) throw new BadRecord('does not match the pattern', String(pattern));
        if (fields !== undefined) emit(fields(match, read));
        else emit((match.length === 1 ? [match[0]] : match.slice(1)).map(group));
      };
    },
  },
});
