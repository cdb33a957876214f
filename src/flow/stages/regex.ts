import { toJson } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { parseTime } from '../../base/time.ts';
import { isTime, listOf, STRING, type Type, wholeObject } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { UTC, zoneNamed } from '../../base/zone.ts';
import type { RunContext } from '../define/context.ts';
import { textOrPattern } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import type { Emit } from '../define/step.ts';
import {
  type FieldTypes,
  fieldReader,
  fieldType,
  fieldTypes,
  textOf,
  types,
  typesDocs,
  unknownTypes,
} from '../parsing/field-types.ts';
import { fieldsOfMatches, type ReadGroup } from '../pattern/groups.ts';
import { namedPatterns } from '../pattern/named-patterns.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { fieldsOfTemplate, readTemplate, type Template, type TemplateField } from '../pattern/template.ts';
import { zoneOfTimes } from '../windows/parameters.ts';

type Work = (record: Value, emit: Emit) => void;

/** The template of a text that was found to be one. */
function templateOf(text: string): Template {
  const template = readTemplate(text);
  if ('message' in template) throw new Error(template.message);
  return template;
}

/** How a text of a field becomes what its pattern says. @throws BadRecord where it is none after all */
function reading(
  { name, is, pattern: { type, read } }: TemplateField,
  zone: string | undefined,
  run: RunContext,
): ReadGroup {
  const known = zone === undefined ? UTC : (zoneNamed(zone) ?? UTC);
  const convert = isTime(type) ? (found: string) => parseTime(found, { zone: known, now: () => run.now() }) : read;
  if (convert === undefined) return (found) => found;
  return (found) => {
    const value = convert(found);
    if (value === undefined) throw new BadRecord(`"${name}" is not what {${is}} stands for`, `it is ${toJson(found)}`);
    return value;
  };
}

function byTemplate(template: Template, typed: FieldTypes, zone: string | undefined, run: RunContext): Work {
  const readers = new Map(template.fields.map((field) => [field.name, reading(field, zone, run)]));
  const isText = (name: string) => !typed.numbers || typed.texts.has(name);
  const read: ReadGroup = (found, name) => (isText(name) ? found : readers.get(name)!(found, name));
  return (record, emit) => {
    const line = textOf(record);
    const match = template.pattern.exec(line);
    if (match !== null) emit(fieldsOfTemplate(template, match, read));
    else if (line.trim() !== '') throw template.mismatch(line);
  };
}

function byExpression(pattern: Pattern, typed: FieldTypes): Work {
  const read = fieldReader(typed);
  const group = (text: string | undefined): Value => (text === undefined ? null : read(text, ''));
  const fields = fieldsOfMatches(pattern);
  return (record, emit) => {
    const line = textOf(record);
    const match = pattern.exec(line);
    if (match === null && line.trim() === '') return;
    if (match === null) throw new BadRecord('does not match the pattern', String(pattern));
    if (fields !== undefined) emit(fields(match, read));
    else emit((match.length === 1 ? [match[0]] : match.slice(1)).map(group));
  };
}

/** The names of patterns, by what they give. */
function listed(title: string, isOne: (type: Type) => boolean): string {
  const names = [...namedPatterns].filter(([, { type }]) => isOne(type));
  return `${title}: ${names.map(([name, { docs }]) => `\`${name}\` (${docs})`).join(', ')}. `;
}

const isNumber = (type: Type) => type.kind === 'number' && !isTime(type);

export const regex = defineStage({
  name: 'regex',
  group: 'parser',
  summary: 'The fields of a line, by names for what stands in it or by a regular expression',
  synonyms: ['grok', 'dissect', 'pattern', 'named patterns'],
  docs:
    'Given a text, `"{ip:client} {timestamp:t} {rest:message}"`, it is the pattern of a whole line, in which each `{pattern:field}` is a field of the type of its pattern. `{ip}` alone is the field `ip`, `{any:_}` is none, and ' +
    '`{int:size?}` may be left out or be a `-`, and is null then. Anything else stands for itself, but that a blank is one or more of blanks and tabs; `{{` and `}}` are braces. ' +
    listed('Texts', (type) => type.kind === 'string') +
    listed('Numbers', isNumber) +
    listed('Times, in ms since the epoch, in UTC or the zone of `zone:` where they say none', isTime) +
    listed('Others', (type) => type.kind !== 'string' && type.kind !== 'number') +
    'Given a regular expression it finds the first match in each line. Named groups, `(?<name>…)`, become the fields of an object; without names ' +
    'the groups become a list, and an expression without groups gives a list of the whole match. A group that took no part is null. ' +
    `A line that does not match is bad, but a blank one gives nothing. ${typesDocs}`,
  examples: [
    {
      program: 'regex("{ip:client} [{timestamp:t}] {method} {path} {int:ms?}")',
      in: '10.0.0.7 [31/Jan/2026:10:00:05 +0100] GET /a -',
      out: '{"client":"10.0.0.7","t":1769850005000,"method":"GET","path":"/a","ms":null}',
    },
    { program: 'regex(/(?<path>\\S+) (?<ms>\\d+)ms/)', in: 'GET /a 12ms', out: '{"path":"/a","ms":12}' },
    { program: 'regex(/(\\S+) (\\d+)/, types: false)', in: 'a 1', out: 'a\t1' },
  ],
  parameters: {
    pattern: textOrPattern(
      'what stands in a line, with names in braces, or a regular expression to find in it',
    ).checked((given) => {
      if (typeof given !== 'string') return undefined;
      const template = readTemplate(given);
      return 'message' in template ? template : undefined;
    }),
    types,
    zone: zoneOfTimes(),
  },
  needs: 'text',
  gives: (_input, args) => {
    const typed = fieldTypes(args.types);
    if (typeof args.pattern === 'string') {
      const isText = (name: string) => !typed.numbers || typed.texts.has(name);
      const { fields } = templateOf(args.pattern);
      return wholeObject(fields.map(({ name, pattern }) => [name, isText(name) ? STRING : pattern.type]));
    }
    const { groups } = args.pattern;
    if (groups === undefined) return listOf(fieldType(typed, ''));
    return wholeObject(groups.names.map((name) => [name, fieldType(typed, name)]));
  },
  behaviour: {
    kind: 'record',
    create: ({ pattern, types, zone }, run) => {
      const typed = fieldTypes(types);
      const template = typeof pattern === 'string' ? templateOf(pattern) : undefined;
      const names = template?.fields.map(({ name }) => name) ?? (pattern as Pattern).groups?.names ?? [];
      const unknown = unknownTypes(typed, names, template === undefined ? 'groups with names' : 'fields');
      if (unknown !== undefined) run.note(unknown);
      return template === undefined ? byExpression(pattern as Pattern, typed) : byTemplate(template, typed, zone, run);
    },
  },
});
