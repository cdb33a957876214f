import { toJson } from '../../base/json.ts';
import { nearest } from '../../base/nearest.ts';
import { BadRecord, type TextFault } from '../../base/problem.ts';
import { type NewFields, setField, type Value } from '../../base/value.ts';
import type { ReadGroup } from './groups.ts';
import { grokNames, type NamedPattern, namedPatterns } from './named-patterns.ts';
import { Pattern } from './pattern.ts';

/** A place of a template that becomes a field. */
export interface TemplateField {
  readonly name: string;
  /** The name of its pattern, as it stands in the template. */
  readonly is: string;
  readonly pattern: NamedPattern;
}

/** A template that can be matched. */
export interface Template {
  readonly fields: readonly TemplateField[];
  /** Matches a line as a whole; the groups are the fields, in order. */
  readonly pattern: Pattern;
  /** Says where a line that it does not match is otherwise. */
  mismatch(line: string): BadRecord;
}

/** What a match of a template found, as an object of its fields; one that was left out is null. */
export function fieldsOfTemplate({ fields }: Template, match: RegExpExecArray, read: ReadGroup): Value {
  const found: NewFields = {};
  fields.forEach(({ name }, i) => {
    const text = match[i + 1];
    setField(found, name, text === undefined ? null : read(text, name));
  });
  return found;
}

interface Part {
  readonly source: string;
  /** As it is written. */
  readonly text: string;
}

/** `{ip}`, `{ip:client}`, `{bytes:size?}`. */
const PLACE = /\{([A-Za-z]\w*)(?::([^\s{}?:]+))?(\?)?\}/y;
/** A dash by itself, which is no sign of a number. */
const ABSENT = '-(?![\\w.])';
/** The field of which nothing is kept. */
const UNKEPT = '_';

/**
 * Reads a text with named patterns in it, of which each becomes a field:
 *
 *     [{timestamp:t}] {level} {int:ms?}ms {rest:message}
 *
 * Anything else stands for itself, but that a blank is one or more of blanks and tabs; `{{` and `}}` are braces. What has a `?` behind its field
 * may be left out or be a `-`, and is null then. It has to match all of a line.
 */
export function readTemplate(text: string): Template | TextFault {
  const parts: Part[] = [];
  const fields: TemplateField[] = [];
  let isBehindOptional = false;
  for (let at = 0; at < text.length; ) {
    const sign = text[at]!;
    if (text.startsWith(sign === '{' ? '{{' : '}}', at) && (sign === '{' || sign === '}')) {
      parts.push({ source: `\\${sign}`, text: sign });
      at += 2;
    } else if (sign === '{' || sign === '}') {
      const place = placeAt(text, at, fields);
      if ('message' in place) return place;
      const { name, end, isOptional, field } = place;
      const { source } = namedPatterns.get(name)!;
      const group = field === undefined ? `(?:${source})` : `(${source})`;
      const before = isOptional && parts.at(-1)?.text === ' ' ? parts.pop()!.source : '';
      parts.push({ source: isOptional ? `(?:${before}(?:${ABSENT}|${group}))?` : group, text: text.slice(at, end) });
      if (field !== undefined) fields.push(field);
      isBehindOptional = isOptional;
      at = end;
      continue;
    } else if (/[ \t]/.test(sign)) {
      let end = at;
      while (/[ \t]/.test(text[end] ?? '')) end++;
      parts.push({ source: isBehindOptional ? '[ \\t]*' : '[ \\t]+', text: ' ' });
      at = end;
    } else {
      const character = String.fromCodePoint(text.codePointAt(at)!);
      parts.push({ source: character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), text: character });
      at += character.length;
    }
    isBehindOptional = false;
  }
  if (fields.length === 0) return withoutFields(text);
  return new ReadTemplate(parts, fields);
}

interface ReadPlace {
  readonly name: string;
  readonly end: number;
  readonly isOptional: boolean;
  /** Undefined where nothing is kept. */
  readonly field: TemplateField | undefined;
}

function placeAt(text: string, start: number, before: readonly TemplateField[]): ReadPlace | TextFault {
  PLACE.lastIndex = start;
  const match = PLACE.exec(text);
  if (match === null) return malformed(text, start);
  const [whole, name, as = name!, mark] = match;
  const end = start + whole.length;
  const pattern = namedPatterns.get(name!);
  if (pattern === undefined) return unknownName(text, name!, start + 1);
  const isTwice = before.some((field) => field.name === as);
  if (isTwice) {
    return {
      message: `two places would give the field \`${as}\``,
      label: 'the second of that name',
      help: `give it another name, \`{${name}:other}\`, or keep nothing of it, \`{${name}:_}\``,
      at: { start, end },
    };
  }
  const field = as === UNKEPT ? undefined : { name: as, is: name!, pattern };
  return { name: name!, end, isOptional: mark !== undefined, field };
}

function malformed(text: string, start: number): TextFault {
  const close = text.indexOf('}', start);
  const brace = text[start]!;
  return {
    message: `\`{pattern:field}\` was expected, found \`${text.slice(start, close < 0 ? undefined : close + 1)}\``,
    label: brace === '{' && close < 0 ? 'not closed' : 'no place for a pattern',
    help: `as in \`{ip:client}\`; a brace that stands for itself is written twice: \`${brace}${brace}\``,
    at: { start, end: close < 0 ? text.length : close + 1 },
  };
}

function unknownName(text: string, name: string, start: number): TextFault {
  const isGrok = text[start - 2] === '%';
  const own = grokNames.get(name) ?? (namedPatterns.has(name.toLowerCase()) ? name.toLowerCase() : undefined);
  const near = own ?? nearest(name, namedPatterns.keys());
  return {
    message: `there is no pattern \`${name}\``,
    label: near === undefined ? 'unknown' : `did you mean \`${near}\`?`,
    help: isGrok
      ? `grok's \`%{${name}:field}\` is \`{${near ?? 'any'}:field}\` here, and all around it stands for itself; \`leat help regex\` lists the patterns`
      : `\`leat help regex\` lists them; a field of that name, whatever it holds, is \`{any:${name}}\` or, up to a blank, \`{token:${name}}\``,
    at: { start, end: start + name.length },
  };
}

function withoutFields(text: string): TextFault {
  const isExpression = /\(\?<|\\|\.\*|\[\^?\S+\][+*]/.test(text);
  return {
    message: 'this text has no `{pattern:field}` in it',
    label: 'nothing to find',
    help: isExpression
      ? 'a regular expression stands between slashes: `regex(/(?<name>…)/)`'
      : 'as in `regex("{ip:client} {word} {rest:message}")`; `leat help regex` lists the patterns',
    at: { start: 0, end: text.length },
  };
}

class ReadTemplate implements Template {
  readonly fields: readonly TemplateField[];
  readonly pattern: Pattern;
  private readonly parts: readonly Part[];
  /** The expressions of its first parts, made when they are wanted. */
  private readonly starts: Pattern[] = [];

  constructor(parts: readonly Part[], fields: readonly TemplateField[]) {
    this.parts = parts;
    this.fields = fields;
    this.pattern = new Pattern(`^${sourceOf(parts)}$`, 's');
  }

  mismatch(line: string): BadRecord {
    const { parts } = this;
    for (let count = parts.length; count > 0; count--) {
      this.starts[count] ??= new Pattern(`^${sourceOf(parts.slice(0, count))}`, 's');
      const match = this.starts[count]!.exec(line);
      if (match !== null) return mismatchAt(line, match[0].length, parts[count]);
    }
    return mismatchAt(line, 0, parts[0]);
  }
}

function sourceOf(parts: readonly Part[]): string {
  return parts.map(({ source }) => source).join('');
}

/** How much of a line is shown. */
const SHOWN = 20;

function mismatchAt(line: string, at: number, part: Part | undefined): BadRecord {
  const expected = part === undefined ? 'the end' : part.text === ' ' ? 'a blank' : `\`${part.text}\``;
  const rest = line.slice(at, at + SHOWN);
  const found = rest === '' ? 'the end' : toJson(rest);
  return new BadRecord('does not match the pattern', `${expected} was expected at character ${at + 1}, found ${found}`);
}
