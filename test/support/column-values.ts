/** What is read of columns of each type: a statement that makes a table `kinds`, one that fills its only row, and what has to come of it. */

interface Kinds {
  readonly statements: readonly string[];
  /** A record as JSON, and what is told of it. */
  readonly json: string;
  readonly notes: readonly string[];
}

const DECIMAL = '12345678901234567890.1234567890123456789';

export const KINDS: { readonly [system: string]: Kinds } = {
  sqlite: {
    statements: [
      'create table kinds (big integer, most real, bytes blob, words blob, flag boolean)',
      "insert into kinds values (9223372036854775807, 9e999, x'deadbeef', x'c3a9', true)",
    ],
    json: '{"big":9223372036854775807,"most":null,"bytes":"3q2+7w==","words":"é","flag":1}',
    notes: [
      '"bytes" has bytes that are no text, which are base64 here',
      '"most" has NaN or infinite numbers, which are null here',
    ],
  },
  postgres: {
    statements: [
      'create table kinds (big bigint, exact numeric, money numeric(10, 2), small real, none float8, day date, moment timestamptz, plain timestamp, old timestamptz, year1 timestamptz, ever timestamptz, span interval, id uuid, j jsonb, nothing jsonb, list int[], bytes bytea, missing text, huge json)',
      `insert into kinds values (9223372036854775807, ${DECIMAL}0, 1.10, 1.1, 'NaN', '2026-01-02', '2026-07-02 03:04:05.123456-04', '2026-07-02 03:04:05.123456', '0044-03-15 00:00+00 BC', '0001-02-29 00:00+00 BC', 'infinity', '1 day 02:00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 9223372036854775807}', 'null', '{1,2,null}', '\\xdeadbeef', null, '{"a":1e999}')`,
    ],
    json: `{"big":9223372036854775807,"exact":${DECIMAL},"money":1.1,"small":1.1,"none":null,"day":"2026-01-02","moment":1782975845123.456,"plain":1782961445123.456,"old":${Date.parse('-000043-03-15')},"year1":${Date.parse('+000000-02-29')},"ever":"infinity","span":"1 day 02:00:00","id":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","j":{"a":9223372036854775807},"nothing":null,"list":"{1,2,NULL}","bytes":"\\xdeadbeef","missing":null,"huge":"{\\"a\\":1e999}"}`.replace(
      '\\xdead',
      '\\\\xdead',
    ),
    notes: [
      '"huge" has JSON that is more than a value can be, which is its text here',
      '"none" has NaN or infinite numbers, which are null here',
    ],
  },
  mysql: {
    statements: [
      'create table kinds (big bigint unsigned, exact decimal(40, 20), money decimal(10, 2), small float, day date, moment timestamp(6) null, plain datetime(6), span time(1), bytes varbinary(10), words varbinary(10), id binary(16), bits bit(10), wide bit(64), shape point, missing text)',
      `insert into kinds values (18446744073709551615, ${DECIMAL}0, 1.10, 1.1, '2026-01-02', '2026-07-02 03:04:05.123456', '2026-07-02 03:04:05.123456', '-26:01:02.5', x'deadbeef', x'c3a9', x'a0eebc999c0b4ef8bb6d6bb9bd380a11', b'1000000001', ~0, point(1, 2), null)`,
    ],
    json: `{"big":18446744073709551615,"exact":${DECIMAL},"money":1.1,"small":1.1,"day":"2026-01-02","moment":1782961445123.456,"plain":1782961445123.456,"span":"-26:01:02.5","bytes":"3q2+7w==","words":"é","id":"oO68mZwLTvi7bWu5vTgKEQ==","bits":513,"wide":18446744073709551615,"shape":{"x":1,"y":2},"missing":null}`,
    notes: [
      '"bytes" has bytes that are no text, which are base64 here',
      '"id" has bytes that are no text, which are base64 here',
    ],
  },
};
