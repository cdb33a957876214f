import { expect, test } from 'vitest';
import { type Problem, ProgramError } from '../../../src/base/problem.ts';
import { aggregates, functions, sinks, sources, stages } from '../../../src/flow/catalog.ts';
import { compileProgram } from '../../../src/query/compile.ts';
import { createScope } from '../../../src/query/plan/expression/scope.ts';
import { SOURCES } from '../../../src/query/plan/foreign/sources.ts';
import { SPARK } from '../../../src/query/plan/foreign/spark.ts';
import { STAGES } from '../../../src/query/plan/foreign/stages.ts';
import { AGGREGATES, FUNCTIONS } from '../../../src/query/plan/foreign/values.ts';

const words = { sources, stages, aggregates, sinks };

/** What is wrong with a program; nothing where it can run. */
function problemsOf(program: string): readonly string[] {
  const expressions = createScope({ functions, imports: new Map(), now: () => 0 });
  try {
    compileProgram(program, { words, expressions, interval: 1000 });
    return [];
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return error.problems.map(({ code, message }) => `${code}: ${message}`);
  }
}

/** The first of what is wrong with a program that can be read. */
function problemOf(program: string): Problem {
  const expressions = createScope({ functions, imports: new Map(), now: () => 0 });
  try {
    compileProgram(program, { words, expressions, interval: 1000 });
  } catch (error) {
    return (error as ProgramError).problems[0]!;
  }
  throw new Error(`nothing is wrong with ${program}`);
}

const helpFor = (program: string) => problemOf(program).help;
const labelFor = (program: string) => problemOf(program).label;

/** What stands in backticks and has the shape of a program: options, names and parts of an expression have none. */
function programsIn(answer: string): readonly string[] {
  return [...answer.matchAll(/`([^`]+)`/g)]
    .map(([, code]) => code!)
    .filter((code) => /^[a-z]\w*(?:\(|$| \|)/i.test(code));
}

const started = new Set([...sources.names, 'let']);

function runnable(code: string): string {
  const name = /^\w+/.exec(code)![0];
  const filled = code.replaceAll('…', name === 'let' ? 'stdin' : 'x').replace('(condition)', '(true)');
  const whole = name === 'let' ? `${filled} a | print` : filled;
  const other = /\bother\b/.test(whole) ? 'let other = queue([["a", 1]]); ' : '';
  if (started.has(name) && !whole.includes('each:') && !whole.includes('format:')) return `${other}${whole}`;
  const pairs = /join|reduceByKey|mapWithState/i.test(whole) ? 'queue([["a", 1]])' : 'json';
  return `${other}${pairs} | ${whole}`;
}

const answered = [
  ...[...SPARK].map(([word, answer]) => ['Spark', word, answer] as const),
  ...[...SOURCES].map(([word, answer]) => ['source', word, answer] as const),
  ...[...STAGES].map(([word, answer]) => ['stage', word, answer] as const),
];

test('there are many words of others', () => {
  expect(answered.length).toBeGreaterThan(300);
});

test.each(answered)('the answer to %s %s can be typed', (_kind, _word, answer) => {
  const text = answer('', []);
  expect(text.trim()).toBe(text);
  for (const code of programsIn(text)) {
    if (/^(stdin|listen|connect|files|tail|watch|save|append|send)$/.test(code)) continue;
    expect(problemsOf(runnable(code).replace('lookup("table.csv"', 'lookup("package.json"')), code).toEqual([]);
  }
});

/** What stands in backticks and is no option or part of one. */
function expressionsIn(answer: string): readonly string[] {
  return [...answer.matchAll(/`([^`]+)`/g)]
    .map(([, code]) => code!)
    .filter((code) => !/^(?:--|export |parseQuery$|hash$|\?$)/.test(code));
}

test.each([...AGGREGATES])('the answer to the aggregate %s can be typed', (_word, answer) => {
  for (const code of expressionsIn(answer('', [])))
    expect(problemsOf(`json | groupBy(.key, {x: ${code}})`), code).toEqual([]);
});

test.each([...FUNCTIONS])('the answer to the function %s can be typed', (_word, answer) => {
  for (const code of expressionsIn(answer('', []))) {
    if (/own\(|condition/.test(code)) continue;
    expect(problemsOf(`json | map(x => ${code.replaceAll(/(?<![\w)\]])\./g, 'x.')})`), code).toEqual([]);
  }
});

test('no aggregate or function of ours is answered as one of others', () => {
  const ours = new Set([...aggregates].flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  expect([...AGGREGATES.keys()].filter((word) => ours.has(word))).toEqual([]);
  const own = new Set([...functions].map(({ name }) => name));
  expect([...FUNCTIONS.keys()].filter((word) => own.has(word))).toEqual([]);
});

test.each([
  ['socketTextStream("localhost", 9999) | print', '`connect("localhost", 9999)`'],
  ['queueStream([["a"], ["b"]])', '`queue(["a"], ["b"])`'],
  ['createStream(ssc, "0.0.0.0", 41414) | count', '`flume(41414, host: "0.0.0.0")`'],
  ['createStream(ssc, "zk:2181", "group", {clicks: 1}) | count', 'of KafkaUtils, `kafka('],
  ['json | checkpoint("state")', '`--checkpoint state/`'],
  ['tcp(9999)', '`listen(9999)`'],
  ['json | tcp("db", 9000)', '`send("db", 9000)`'],
  ['file("a.log") | json', '`files("a.log")`'],
  ['json | file("a.log")', '`append("a.log")`'],
  ['kcat("clicks") | json', 'kafka("localhost:9092", "clicks")`'],
  ['http("http://db/x") | json', '`exec("curl -s '],
  ['webhook(8090)', '`http(8090)`'],
  ['tls("db:443")', '`connect("host", 443, tls: true)`'],
  ['json | statsd("db", 99)', '`udp("127.0.0.1", 8125)`'],
  ['json | graphite("db", 99)', '`map("app." + .name + " " + .n + " " + now() / 1000) | send("db", 99)`'],
  ['json | kcat("clicks")', 'kafka("localhost:9092", "clicks")` writes to a topic'],
  ['json | docker("web")', 'where a stream starts'],
  ['listen:9999 | count', '`listen(9999)`'],
  ['tcp://db:9000 | count', '`connect("db", 9000)`'],
  ['json | withColumn("kb", .bytes / 1024)', '`set({kb: .bytes / 1024})`'],
  ['json | tail(5)', '`last(5)`'],
  ['tail(5)', '`last(5)`'],
  ['kafka://db:9092/clicks | count', '`kafka("db:9092", "clicks")`'],
  ['postgres://ann:secret@db/shop | count', '`postgres("postgres://ann:***@db/shop", '],
  ['json | sortByKey(false)', '`sortBy(_[0], desc: true)`'],
  ['json | fieldsGrouping("word")', '`groupBy(.word, {n: count()})`'],
  ['json | groupBy(.a, {m: median(.ms)})', '`p50(.ms)`'],
  ['json | median(.ms)', '`p50(.ms)`'],
  ['json | groupBy(.a, {v: variance(.ms)})', '`stddev(.ms) ** 2`'],
  ['json | groupBy(.a, {u: cardinality(.ms)})', '`distinct` or `approxDistinct`'],
  ['json | mean(.ms)', '`aggregate({mean: mean(.ms)})`'],
  ['words | window(Seconds(30)) | count', '`30s`'],
  ['words | window("30 seconds") | count', '`30s`'],
  ['words | window(30) | count', '`30s` are seconds'],
  ['json | groupBy(.a, {p: percentile(.ms, 99)})', '`quantile(.ms, 0.99)`'],
  ['json | groupBy(.a, {p: percentile(.ms, 99.9)})', '`quantile(.ms, 0.999)`'],
  ['json | groupBy(.a, {p: quantiles(.ms, [0.5])})', '`quantile(.ms, 0.5)`'],
  ['json | groupBy(.a, {p: percentile_cont(0.9, .ms)})', '`quantile(.ms, 0.9)`'],
  ['json | select(a, "b")', '`map({.a, .b})`'],
  ['range(1, 10)', '`exec("seq 1 10")'],
  ['json | map(substr(.a, 2, 3))', '`.a.slice(1, 4)`'],
  ['json | map(substr(.a, 3))', '`.a.slice(2)`'],
  ['json | map(substr(.a, -3, 2))', '`.a.slice(-3, -1)`'],
  ['json | map(mid(.a, -3, 3))', '`.a.slice(-3)`'],
  ['json | map(substr(.a, .from, 3))', '`.a.slice(.from - 1, .from - 1 + 3)`'],
  ['json | map(split_index(.a, "/", 3))', '`.a.split("/")[3]`'],
  ['json | map(split_part(.a, "/", 3))', '`.a.split("/")[2]`'],
  ['json | map(split_part(.a, "/", -1))', '`.a.split("/").slice(-1)[0]`'],
  ['json | map(split_part(.a, "/", .n))', '`.a.split("/")[.n - 1]`'],
  ['json | map(substring_index(.a, "/", 2))', '`.a.split("/").slice(0, 2).join("/")`'],
  ['json | map(substring_index(.a, "/", -2))', '`.a.split("/").slice(-2).join("/")`'],
  ['csv(sep: ";")', '`csv(delimiter: ";")`'],
  ['csv(headers: true, sep: ";")', '`csv(header: true, delimiter: ";")`'],
  ['csv(";")', '`csv(delimiter: ";")`'],
  ['json | chart("scatter", x: .a, y: .b)', '`chart("scatter", x: .a, value: .b)`'],
  ['json | chart("histogram", .ms)', '`chart("histogram", value: .ms)`'],
  ['json | sortBy(.ms, "desc")', '`sortBy(.ms, desc: true)`'],
  ['json | sortBy(.ms, ascending: true)', '`sortBy(.ms)`'],
  ['json | dedupe(.user, keep: "last")', '`groupBy(.user, {last: last(_)}) | map(.last)`'],
  ['exec("df", every: 10s)', 'sleep 10; done'],
  ['json | append("${.day}.csv")', '`append("…", by: .name)`'],
  ['json | map("${.a} ${.b}")', 'between backticks'],
  ['cat app.log | count', '`files("app.log")`'],
  ['tail -f app.log | count', '`tail("app.log")`'],
  ['words | head -n 5', '`head(5)`'],
  ['grep -v "a b" | wc -l', '`filter(!_.includes("a b"))`'],
  ['grep -ci /x | count', '`grep(/\\/x/i) | count`'],
  ['grep ERROR app.log | count', '`files("app.log") | grep("ERROR")`'],
  ['head -5 app.log', '`files("app.log") | head(5)`'],
  ['tail -n 5 app.log', '`files("app.log") | last(5)`'],
  ['wc -w a.txt', '`files("a.txt") | words | count`'],
  ['sort -rn -k2 a.txt', '`files("a.txt") | sortBy(number(_.split(/\\s+/)[1]), desc: true)`'],
  ['words | wc -l', '`count`'],
  ['words | sort -rn', '`sortBy(number(_), desc: true)`'],
  ['words | uniq -c', '`countByValue`'],
  ['json | filter .level == "error"', '`filter(.level == "error")`'],
  ['val lines = queue(["a"]); lines | count', '`let lines = …;`'],
])('%s is answered with %s', (program, help) => {
  expect(helpFor(program)).toContain(help);
});

test.each([
  'csv(hasHeader: false)',
  'tsv(fields: ["a", "b"])',
  'json | sortBy(.ms, reverse: true)',
  'json | chart("bar", y: .n)',
  'json | chart("bar", value: .n, label: .k)',
  'json | chart(type: "bar")',
  'files("package.json", filename: true)',
  'listen(9999, address: "0.0.0.0")',
  'json | lookup("package.json", by: .id)',
  'json | lookup("package.json", on: .id, right: "id")',
  'json | window(1m, ts: .t) | count',
  'json | window(1m, on: .t, watermark: 10s) | count',
  'words | window(1m, every: 10s) | count',
  'words | window(size: 1m) | count',
])('what %s is answered with can be typed', (program) => {
  const meant = /`([^`]+)`/.exec(helpFor(program) ?? '')![1]!;
  expect(meant).not.toContain('…');
  expect(
    problemsOf(
      /^(?:files|listen)/.test(meant)
        ? meant
        : `json | ${meant}`.replace(/^json \| (csv|tsv)/, '$1').replace(/(json \| window.*)/, '$1 | count'),
    ),
  ).toEqual([]);
});

test.each([
  ['clf | countBy(.ip)', 'did you mean `host`?'],
  ['clf | countBy(.url)', 'did you mean `path`?'],
  ['json | groupBy(.a, {n: count()}) | map(.b)', 'no such field'],
])('%s is told of the field that means it', (program, label) => {
  expect(labelFor(program)).toBe(label);
});

test('no word of ours is answered as a word of others where it stands', () => {
  const ours = new Set([...stages, ...sinks].flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  const first = new Set([...sources].map(({ name }) => name));
  expect([...STAGES.keys()].filter((word) => ours.has(word))).toEqual([]);
  expect([...SOURCES.keys()].filter((word) => first.has(word) || ours.has(word))).toEqual([]);
});
