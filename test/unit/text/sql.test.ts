import { describe, expect, test } from 'vitest';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { programForSql } from '../../../src/query/text/sql.ts';

const SHAPE = programForSql('select');

const QUERIES: readonly (readonly [query: string, program: string])[] = [
  ['select * from t', 'json'],
  ['SELECT host FROM "logs/app.csv"', 'files("logs/app.csv") | csv | map(.host)'],
  ['select a, b.c as d, a + 1 as e from t', 'json | map({a: .a, d: .b.c, e: .a + 1})'],
  ['select distinct host from x.tsv.gz limit 3', 'files("x.tsv.gz") | tsv | map(.host) | distinct | take(3)'],
  ['select count(*) from t;', 'json | aggregate({count: count()})'],
  ['select a from t order by b desc limit 2', 'json | sortBy(.b, desc: true) | take(2) | map(.a)'],
  [
    "select level, count(*) as n from t where ms > 10.5 and level <> 'it''s' group by level order by 2 desc",
    `json | filter(.ms > 10.5 && .level != "it's") | groupBy(.level, {n: count()}) | sortBy(.n, desc: true)`,
  ],
  [
    'select a, l.b, sum(x), sum(y) from t l group by a, l.b having sum(x) >= 3',
    'json | groupBy({a: .a, b: .b}, {sum_x: sum(.x), sum_y: sum(.y)}) | filter(.sum_x >= 3)',
  ],
  ['select count(distinct user) from t', 'json | aggregate({count: distinct(.user)})'],
  [
    "select * from t where a like '%x' and b not like 'y%' or c in (1, 'two') and d not in (3)",
    'json | filter(.a.endsWith("x") && !.b.startsWith("y") || [1, "two"].includes(.c) && ![3].includes(.d))',
  ],
  ['select * from t where not (a is null) and b is not null', 'json | filter(!(.a == null) && .b != null)'],
  ['select lower(a) from t where (a = 1 or b = 2)', 'json | filter((.a == 1 || .b == 2)) | map(lower(.a))'],
  ['select a from t group by a', 'json | map(.a) | distinct'],
];

/** What is not understood gets the shape of a program, not a wrong one. */
const OTHERS = [
  'select a from t join u on t.a = u.a',
  'select a from t, u',
  'select a from t where not a = 1',
  'select a from t where a between 1 and 2',
  'select (select 1) from t',
  'select sum(a) over (partition by b) from t',
  'select a b c',
  'select from t',
  `select ${'a, '.repeat(2000)} b from t`,
];

const settings = {
  words: { sources, stages, aggregates, sinks },
  expressions: createScope({ functions, imports: new Map(), now: () => 0 }),
  interval: 1000,
};

describe('a query is answered with a program', () => {
  test.each(QUERIES)('%s', (query, program) => {
    expect(programForSql(query)).toBe(program);
    expect(() => compileProgram(program, settings)).not.toThrow();
  });

  test.each(OTHERS)('or with the shape of one: %s', (query) => {
    expect(programForSql(query)).toBe(SHAPE);
  });
});
