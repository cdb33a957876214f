import { hasField } from '../../base/fields.ts';
import { NUMBER, objectOf, STRING, UNKNOWN, wholeObject } from '../../base/type.ts';
import { readQuery, readUrl } from '../../base/url.ts';
import { field, type NewFields, setField, type Value } from '../../base/value.ts';
import { defineFunction, type FunctionDefinition } from '../define/function.ts';
import { meaningOf } from '../parsing/field-types.ts';

const TEXT = [{ name: 'text', type: STRING }];

/** The fields of a query; of a name that stands in it several times all values are in a list. */
function parseQuery(given: string): Value {
  const fields: NewFields = {};
  // Added to in place: a query may have one name a hundred thousand times.
  const lists = new Map<string, Value[]>();
  for (const [name, text] of readQuery(given)) {
    const value = meaningOf(text);
    const list = lists.get(name);
    if (list !== undefined) list.push(value);
    else if (!hasField(fields, name)) setField(fields, name, value);
    else {
      const both = [field(fields, name), value];
      lists.set(name, both);
      setField(fields, name, both);
    }
  }
  return fields;
}

function parseUrl(text: string): Value {
  const parts = readUrl(text);
  return parts === undefined ? null : { ...parts, query: parseQuery(parts.query) };
}

const PARTS = wholeObject([
  ['scheme', STRING],
  ['user', STRING],
  ['host', STRING],
  ['port', NUMBER],
  ['path', STRING],
  ['query', UNKNOWN],
  ['fragment', STRING],
]);

/** Functions of addresses of the web. */
export const urlFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'parseUrl',
    group: 'text',
    summary: 'The parts of a URL or a request path: scheme, user, host, port, path, query, fragment',
    synonyms: ['url', 'uri', 'hostname', 'domain'],
    docs:
      'What is not there is null, but for `path`, which is empty then, and `query`, an object as of `parseQuery`. Scheme and host are in small letters; the path is not decoded; a password is left out. ' +
      'A text with a host or port that is none gives null.',
    examples: [
      {
        expression: 'parseUrl("https://ann@Example.org:8443/a%20b?x=1#top")',
        gives:
          '{"scheme":"https","user":"ann","host":"example.org","port":8443,"path":"/a%20b","query":{"x":1},"fragment":"top"}',
      },
      { expression: 'parseUrl("/search?q=a+b").query.q', gives: '"a b"' },
    ],
    parameters: TEXT,
    gives: PARTS,
    call: parseUrl,
  }),
  defineFunction({
    name: 'parseQuery',
    group: 'text',
    summary: 'The query of a URL as an object: `a=1&b=x`',
    synonyms: ['query string', 'urldecode', 'form'],
    docs: 'Names and values are decoded. A value that is a JSON number is one, with its spelling; a name without `=` has the empty text, and one that stands there several times a list of its values. A `?` in front is passed over.',
    examples: [
      { expression: 'parseQuery("?a=1&b=x%26y&c")', gives: '{"a":1,"b":"x&y","c":""}' },
      { expression: 'parseQuery("tag=a&tag=b")', gives: '{"tag":["a","b"]}' },
    ],
    parameters: TEXT,
    gives: objectOf([]),
    call: parseQuery,
  }),
];
