import type { Recipe } from './recipe.ts';

/** The examples of `leat help examples`. */
export const cookbook: readonly Recipe[] = [
  {
    title: 'Count words',
    program: 'words | countByValue | top(2)',
    in: 'to be or not to be',
    out: 'be\t2\nto\t2',
  },
  {
    title: 'Keep the lines that match',
    program: 'filter(_.includes("error")) | filter(!_.match(/timeout/))',
    in: 'error: disk full\nok\nerror: timeout',
    out: 'error: disk full',
  },
  {
    title: 'Fields of JSON lines',
    program: 'json | filter(.status >= 500) | map([.path, .ms])',
    in: '{"path":"/a","status":200,"ms":3}\n{"path":"/b","status":502,"ms":70}',
    out: '/b\t70',
  },
  {
    title: 'A web server log by status',
    program: 'clf | groupBy(.status, {n: count(), bytes: sum(.bytes)}) | sortBy(.status)',
    in:
      '10.0.0.1 - - [06/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 512\n' +
      '10.0.0.2 - - [06/Mar/2026:10:00:01 +0000] "GET /x HTTP/1.1" 404 20\n' +
      '10.0.0.1 - - [06/Mar/2026:10:00:02 +0000] "GET /a HTTP/1.1" 200 88',
    out: '{"status":200,"n":2,"bytes":600}\n{"status":404,"n":1,"bytes":20}',
  },
  {
    title: 'Percentiles of a number, by path',
    program: 'json | groupBy(.path, {n: count(), p50: p50(.ms), p99: p99(.ms)})',
    in: '{"path":"/a","ms":3}\n{"path":"/a","ms":5}\n{"path":"/b","ms":70}',
    out: '{"path":"/a","n":2,"p50":3,"p99":5}\n{"path":"/b","n":1,"p50":70,"p99":70}',
  },
  {
    title: 'The sum of a column of a CSV file',
    program: 'files("sales.csv") | csv | groupBy(.region, {total: sum(.amount)})',
    files: { 'sales.csv': 'region,amount\nnorth,10\nsouth,5\nnorth,7\n' },
    out: '{"region":"north","total":17}\n{"region":"south","total":5}',
  },
  {
    title: 'Columns of plain lines, as with awk',
    program: 'map(_.split(" ")) | map([_[1], number(_[0])]) | reduceByKey(_ + _)',
    in: '3 apples\n4 pears\n5 apples',
    out: 'apples\t8\npears\t4',
  },
  {
    title: 'Counts over the last 30 seconds, every 10, from any number of clients',
    program: 'listen(9999) | words | countByValue | window(30s, 10s)',
    notRun: 'it waits for clients: nc 127.0.0.1 9999',
    out: '',
  },
  {
    title: 'Minutes by the time in the records, whenever they come',
    program: 'json | window(1m, on: .ts) | countBy(.level) | stamp | map([formatTime(.start, "HH:mm", "UTC"), .value])',
    in:
      '{"ts":"2026-03-06T10:00:10Z","level":"error"}\n{"ts":"2026-03-06T10:00:50Z","level":"error"}\n' +
      '{"ts":"2026-03-06T10:01:05Z","level":"warn"}',
    out: '10:00\t["error",2]\n10:01\t["warn",1]',
  },
  {
    title: 'The same for local times that say no zone',
    program:
      'csv | window(1h, on: .at, zone: "Europe/Berlin") | count | stamp | map([formatTime(.start, "HH:mm", "Europe/Berlin"), .value])',
    in: 'at,order\n2026-03-06 10:00:10,1\n2026-03-06 10:50:00,2\n2026-03-06 11:01:05,3',
    out: '10:00\t2\n11:00\t1',
  },
  {
    title: 'Follow a file, and keep a total',
    program: 'tail("app.log") | json | countBy(.service) | running | top(5)',
    notRun: 'it waits for more',
    out: '',
  },
  {
    title: 'The first of each, and no other',
    program: 'json | dedupe(.user) | map(.user)',
    in: '{"user":"ada"}\n{"user":"bob"}\n{"user":"ada"}',
    out: 'ada\nbob',
  },
  {
    title: 'A column from another table',
    program: 'json | lookup("hosts.csv", on: .host) | map([.host, .team])',
    files: { 'hosts.csv': 'host,team\nweb1,front\ndb1,data\n' },
    in: '{"host":"db1"}\n{"host":"web1"}',
    out: 'db1\tdata\nweb1\tfront',
  },
  {
    title: 'Two results of one input',
    finds: 'let, variable, name a stream, two results, several outputs',
    program: 'let log = json; log | count; log | countBy(.level) | save("levels", "csv")',
    notRun: 'it names its file by the time',
    in: '{"level":"warn"}',
    out: '1',
  },
  {
    title: 'A check in a script: exit 1 where it does not hold',
    program: 'json | aggregate({errors: rate(), p99: p99(.ms)}) | assert(.p99 < 500)',
    notRun: 'it shows a rate',
    out: '',
  },
];
