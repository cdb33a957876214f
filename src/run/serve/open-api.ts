import { fieldsOf } from '../../base/fields.ts';
import type { Type } from '../../base/type.ts';
import type { Fields, Value } from '../../base/value.ts';
import type { Look } from './look.ts';
import { REPRESENTATIONS } from './representations.ts';
import type { RowKeys } from './row-keys.ts';
import type { ServedView } from './served-view.ts';

/** All that can be asked of a server, as a document of OpenAPI 3.1: each address of its own views, with what may be asked with it, and what comes. */
export function openApiOf(look: Look, views: readonly ServedView[], hasToken: boolean): Fields {
  return {
    openapi: '3.1.1',
    info: { title: 'Live results of leat', version: look.version, description: look.program },
    servers: [{ url: '/' }],
    paths: fieldsOf([...OF_ALL, ...views.flatMap(pathsOf)]),
    components: { parameters: PARAMETERS, responses: RESPONSES, schemas: SCHEMAS, ...(hasToken ? SCHEMES : {}) },
    ...(hasToken ? { security: [{ bearer: [] }, { token: [] }] } : {}),
  };
}

const parameter = (name: string) => ({ $ref: `#/components/parameters/${name}` });
const schema = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const TEXT: Fields = { type: 'string' };

/** What there is to ask for at an address. @param type of the answer, and `schema` what is in it. @param others answers beside it, by their status. */
function asked(
  summary: string,
  parameters: readonly Fields[],
  [type, schema]: readonly [type: string, schema: Fields],
  others: readonly (readonly [status: string, response: Fields])[] = [],
): Fields {
  const answered: Fields = { description: summary, content: fieldsOf([[type, { schema }]]) };
  const refused: Fields = { $ref: '#/components/responses/refused' };
  return {
    get: {
      summary,
      ...(parameters.length === 0 ? {} : { parameters }),
      responses: fieldsOf([['200', answered], ...others, ['default', refused]]),
    },
  };
}

const JSON_TYPE = 'application/json';
const EVENTS = ['text/event-stream', TEXT] as const;
const PAGE = ['text/html', TEXT] as const;

/** What is there whatever the views are. */
const OF_ALL: readonly (readonly [path: string, item: Value])[] = [
  ['/', asked('The page of all views', [], PAGE)],
  ['/events', asked('Events of all views, each of which says which view it is of', [], EVENTS)],
  ['/metrics', asked('How the run goes, for Prometheus', [], ['text/plain', TEXT])],
  [
    '/healthz',
    asked('That it is alive, and how long after its end the last batch came out', [], [JSON_TYPE, schema('health')]),
  ],
  ['/api', asked('This document', [], [JSON_TYPE, { type: 'object' }])],
  ['/api/run', asked('How the run goes, and its views, times in ms', [], [JSON_TYPE, { type: 'object' }])],
  [
    '/api/complete',
    asked(
      'What may stand at the end of stages that are put behind a view',
      [
        { name: 'view', in: 'query', required: true, description: 'The name of the view', schema: TEXT },
        { name: 'text', in: 'query', required: true, description: 'The stages so far', schema: TEXT },
      ],
      [JSON_TYPE, schema('completed')],
    ),
  ],
];

/** The addresses of a view. */
function pathsOf({ view }: ServedView): readonly (readonly [path: string, item: Fields])[] {
  const { name, settings } = view;
  const path = `/v/${encodeURIComponent(name)}`;
  const rows = rowSchema(settings.type);
  const asking = ['at', 'since', 'last', 'wait', 'after', 'then'].map(parameter);
  const nothingNew = [['204', { description: 'Nothing newer came in time' }]] as const;
  const result: Fields = { allOf: [schema('result'), { properties: { records: { type: 'array', items: rows } } }] };
  const written = Object.entries(REPRESENTATIONS).map(([ending, { type }]) => {
    const bare = type.replace(/;.*/, '');
    const what = bare === JSON_TYPE ? { oneOf: [result, { type: 'array', items: result }] } : TEXT;
    const summary = `The newest result of ${name}, or those that are asked for, as .${ending}`;
    return [`${path}.${ending}`, asked(summary, asking, [bare, what], nothingNew)] as const;
  });
  return [
    [path, asked(`The page of ${name}`, [parameter('then')], PAGE)],
    [`${path}/embed`, asked(`The page of ${name} without its frame`, [parameter('then')], PAGE)],
    ...written,
    [`${path}.svg`, asked(`The picture of ${name}`, [parameter('then')], ['image/svg+xml', TEXT])],
    [
      `${path}/events`,
      asked(`The whole result of ${name}, and then what changes`, ['after', 'whole', 'then'].map(parameter), EVENTS),
    ],
    ...rowOf(name, path, settings.rowKeys, rows),
  ];
}

/** The address of a row, where rows may be known by keys. */
function rowOf(name: string, path: string, { columns, hasPairs }: RowKeys, row: Fields) {
  const parts = columns.length > 0 ? columns : hasPairs ? ['key'] : [];
  if (parts.length === 0) return [];
  const keys = parts.map((part, i) => ({ name: parts.length === 1 ? 'key' : `key${i + 1}`, part }));
  const parameters = keys.map(({ name, part }) => ({
    name,
    in: 'path',
    required: true,
    description: `A value of ${part}`,
    schema: TEXT,
  }));
  const item = asked(
    `The row of a key in the newest result of ${name}`,
    [...parameters, parameter('then')],
    [JSON_TYPE, row],
  );
  return [[`${path}${keys.map(({ name }) => `/{${name}}`).join('')}`, item] as const];
}

/** What is known of rows: fields may be missing, and of other types than most of them are. */
function rowSchema(type: Type): Fields {
  if (type.kind !== 'object') return {};
  return { type: 'object', properties: fieldsOf([...type.fields.keys()].map((name) => [name, {}] as const)) };
}

function query(name: string, description: string, schema: Fields = TEXT) {
  return { name, in: 'query', description, schema } as const;
}

const PARAMETERS: Fields = fieldsOf(
  [
    query('at', 'The result of that time: a time of the day, a time, or how long ago (10m)'),
    query('since', 'All results since then, one after the other'),
    query('last', 'So many results, the newest', { type: 'integer', minimum: 1 }),
    query('wait', 'How long to wait for a result that is newer than `after`: 30s, 60s at most'),
    query('after', 'The number of a batch, or an id of an event'),
    query('then', 'More stages of the language behind the view', { type: 'string', maxLength: 2000 }),
    query('whole', 'Whether the result of the last id comes in front of what changed', { type: 'boolean' }),
  ].map((each) => [each.name, each] as const),
);

const TIME: Fields = { type: 'number', description: 'ms since the epoch' };
const COUNT: Fields = { type: 'integer', minimum: 0 };

const SCHEMAS: Fields = {
  result: {
    type: 'object',
    required: ['view', 'batch', 'time', 'start', 'end', 'records'],
    properties: {
      view: TEXT,
      batch: { ...COUNT, description: 'Its number' },
      time: TIME,
      start: TIME,
      end: TIME,
      partial: { type: 'boolean', description: 'Whether the end of the run cut it short' },
      leftOut: { ...COUNT, description: 'How many rows there are beyond those that are kept' },
      read: { ...COUNT, description: 'How many records it is of' },
      alerts: { type: 'array', items: { type: 'object' }, description: 'Those that are on' },
      records: { type: 'array' },
    },
  },
  refusal: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: { code: TEXT, message: TEXT, help: TEXT },
      },
    },
  },
  health: {
    type: 'object',
    required: ['alive', 'lag', 'over'],
    properties: { alive: { const: true }, lag: { type: 'number', description: 'ms' }, over: { type: 'boolean' } },
  },
  completed: {
    type: 'object',
    required: ['start', 'candidates'],
    properties: {
      start: COUNT,
      candidates: {
        type: 'array',
        items: { type: 'object', required: ['text', 'summary'], properties: { text: TEXT, summary: TEXT } },
      },
    },
  },
};

const RESPONSES: Fields = {
  refused: {
    description: 'What is wrong, and a way out',
    content: fieldsOf([[JSON_TYPE, { schema: schema('refusal') }]]),
  },
};

const SCHEMES: Fields = {
  securitySchemes: {
    bearer: { type: 'http', scheme: 'bearer' },
    token: { type: 'apiKey', in: 'query', name: 'token' },
  },
};
