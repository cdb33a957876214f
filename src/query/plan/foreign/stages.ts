import { type Answer, type Answers, byWord, execOf, unlessInHdfs } from './answer.ts';

const PRINT: Answer = (args) =>
  `\`print\`${args === '' ? ', which stands behind what has no sink' : `, and before it \`map(${args})\``}`;
const APPEND = unlessInHdfs(
  (args) =>
    `\`append(${args || '"out.jsonl"'})\` adds to a file; \`save("out/part")\` writes one for each batch; \`> out.txt\` behind the program one in all`,
  (args) => `\`save(${args})\` writes a file of HDFS for each batch`,
);
const SEND: Answer = (args) => `\`send(${args.startsWith('"') && args.includes(',') ? args : '"localhost", 9999'})\``;
const WINDOW: Answer = (args) =>
  `\`window(${args || '1m'})\` for the time of arrival, \`window(1m, on: .time, late: 10s)\` for the records' own`;
const OBJECT: Answer = (args, list) => {
  if (/[<>]|[=!]=/.test(args)) return `\`filter(${args})\``;
  // Others name a field without a point, or in quotes.
  const fields = list.map((item) => /^(?:"|\.?)([a-z][\w.]*)"?$/i.exec(item)?.[1]);
  const areNamed = fields.length > 0 && !fields.includes(undefined);
  return `\`map({${areNamed ? fields.map((name) => `.${name}`).join(', ') : '.a, .b'}})\``;
};

/** A command that is given the records. */
function command(line: string, more: string): Answer {
  return (_args, list) => `a command takes them: ${execOf(line, list, more === '' ? ')' : `, ${more})`)}`;
}

const CSV = 'format: "csv"';
const EACH = 'each: "batch"';

/** What to write for a word that others have for a stage or a sink. Connectors that there are none of lead to the command that does it. */
export const STAGES = byWord([
  ['console show display dump echo puts println log stdout out printf output emit', PRINT],
  [
    'sink to into writeStream write tee file toFile saveAsFile writeFile to_csv to_json toCSV saveAsTextFile path',
    APPEND,
  ],
  ['tcp socket nc netcat', SEND],
  ['datagram statsd', '`udp("127.0.0.1", 8125)` sends each record as a datagram'],
  [
    'graphite carbon',
    (args) => `\`map("app." + .name + " " + .n + " " + now() / 1000) | send(${args || '"localhost", 2003'})\``,
  ],
  [
    'prometheus pushgateway metrics',
    (_args, list) =>
      `a command takes lines of a name and a number: \`map(.name + " " + .n)\`, then ${execOf('curl -s --data-binary @- {http://localhost:9091/metrics/job/leat}', list, `, ${EACH})`)}`,
  ],
  [
    'influx influxdb',
    (_args, list) =>
      `a command takes lines of its protocol: \`map(.name + " n=" + .n)\`, then ${execOf('curl -s --data-binary @- {http://localhost:8086/write?db=DB}', list, `, ${EACH})`)}`,
  ],
  [
    'grafana loki kibana dashboard',
    '`serve(8080)` shows the result as a live page, and gives it to others as JSON and as events; for what they read from, `leat help` with prometheus, graphite, influxdb, postgres or elasticsearch',
  ],
  [
    'geoip maxmind geo',
    'of a table with addresses `lookup("table.csv", on: .ip)`; of networks, a function of yours by `--import ./geo.mjs`',
  ],
  ['kcat kafkacat', (args) => `\`kafka("localhost:9092", ${args || '"topic"'})\` writes to a topic`],
  [
    'https post webhook curl url slack',
    (_args, [address = '']) =>
      `\`http(${/^"https?:[^"]*"$/.test(address) ? address : '"http://localhost:8080"'})\` posts each batch to a URL`,
  ],
  ['mail email', command('mail -s leat {ops@example.com}', EACH)],
  ['sqlite3', '`json | sqlite("app.db", "t")` writes to a table, with `key: .id` over the row that has the key'],
  ['postgresql pg psql', '`json | postgres("postgres://localhost/shop", "t")` writes to a table'],
  ['mariadb', '`json | mysql("mysql://localhost/shop", "t")` writes to a table'],
  ['jdbc', '`json | postgres("postgres://localhost/shop", "t")` writes to a table, and so mysql and sqlite do'],
  ['valkey', '`json | redis("redis://localhost", key: .id)` writes to keys, and with `stream: "events"` to a stream'],
  ['mosquitto', '`mqtt("mqtt://localhost", "alerts")` publishes to a topic'],
  ['jetstream', '`nats("nats://localhost", "orders", stream: "ORDERS")` writes to a stream'],
  ['rabbitmq rabbit', '`json | amqp("amqp://localhost", "orders")` writes to a queue'],
  ['mongo mongodb', command('mongoimport -d DATABASE -c {COLLECTION}', 'format: "json"')],
  [
    'elasticsearch elastic opensearch',
    command('curl -s -H "content-type: application/x-ndjson" --data-binary @- localhost:9200/{INDEX}/_bulk', EACH),
  ],
  ['s3 s3a aws minio', '`save("s3://bucket/out/hits", "json")` puts an object there for each batch'],
  ['gs gcs', command('gcloud storage cp - {gs://BUCKET/KEY}', '')],
  ['logger', command('logger -t leat', '')],
  ['parquet', command("cat > part.csv && duckdb -c \"copy 'part.csv' to 'part.parquet'\"", `${CSV}, ${EACH}`)],
  [
    'grok parse dissect extract rex',
    '`regex("{ip:client} {word:level} {rest:message}")`; `leat help regex` has all names of patterns',
  ],
  [
    'parseJson json_parse fromJson from_json JSON jq parse_json unmarshal',
    (args) => `\`json\` parses each line${args === '' ? '' : '; what jq does behind it is `map` and `filter`'}`,
  ],
  ['select project columns fields cols withColumns', OBJECT],
  [
    'withColumn addColumn assign extend derive mutate eval with',
    (_args, [name = '"x"', value = '.ms * 2']) =>
      `\`set({${name.replace(/^"(.*)"$/, '$1')}: ${value.startsWith('_') || value.startsWith('.') ? value : '.ms * 2'}})\``,
  ],
  ['having keep include suchThat', (args) => `\`filter(${args || '.ok'})\``],
  ['filterNot reject exclude', (args) => `\`filter(!(${args || '.ok'}))\``],
  [
    'group group_by groupby GroupBy agg aggregateBy stats summarize summarise rollup',
    '`groupBy(.key, {n: count(), mean: avg(.ms)})`; of all records `aggregate({n: count()})`',
  ],
  ['sortByKey', (args) => `\`sortBy(_[0]${args === 'false' ? ', desc: true' : ''})\``],
  ['order sort_by orderby arrange sorted', (args) => `\`sortBy(${args || '.n, desc: true'})\``],
  ['freq frequency value_counts valueCounts', '`countByValue`, or of a field `countBy(.status)`'],
  ['leftJoin left_join', (args) => `\`leftOuterJoin(${args || 'other'})\``],
  ['rightJoin right_join', (args) => `\`rightOuterJoin(${args || 'other'})\``],
  ['outerJoin fullJoin outer_join', (args) => `\`fullOuterJoin(${args || 'other'})\``],
  ['innerJoin inner_join', (args) => `\`join(${args || 'other'})\``],
  [
    'intervalJoin interval_join joinWithin temporalJoin streamJoin',
    '`join(other, within: 10m, on: _[1].time)` joins pairs of a key and a record that are near in time',
  ],
  [
    'rank row_number rowNumber dense_rank denseRank nlargest',
    '`top(10, .n)`, with `ties: true` all that are level with the last; of each key `groupBy(.key, {most: top(10, .n)})`',
  ],
  ['merge concat zip interleave plus', (args) => `\`union(${args || 'other'})\``],
  ['enrich broadcast', '`lookup("table.csv", on: .key)` puts the columns of a table into each record'],
  ['tumble tumbling hop hopping slide sliding slidingWindow tumblingWindow timeWindow windowAll', WINDOW],
  [
    'watermark withWatermark assignTimestamps allowedLateness',
    '`window(1m, on: .time, late: 10s)`: `late:` is how far records may be out of order',
  ],
  ['unique_by uniqBy distinctBy dropDuplicates deduplicateBy', (args) => `\`dedupe(${args || '.id'})\``],
  [
    'foreachBatch forEachBatch forEach foreachPartition each',
    '`exec("…", each: "batch")` gives each batch to a command; `append`, `save` and `send` write it',
  ],
  ['flatMapToPair mapToPair toPair keyBy key_by', '`map([.key, _])` makes pairs'],
  ['fold accumulate', '`reduce(_ + _)`, over all batches `reduce(_ + _) | running`'],
  ['scan cumsum', '`running` behind an aggregation gives it from the start of the run: `count | running`'],
  [
    'buffer chunk bufferTime bufferCount',
    'batches are cut by time: `--batch 5s`; the records of one as a list are `glom`',
  ],
  [
    'throttle debounce sampleTime',
    '`--batch 5s` gives one result each 5 s; `dedupe(.key, within: 5s)` one record of each',
  ],
  ['awk', '`map(_.split(/\\s+/)) | map(_[0])` for a column; `reduceByKey(_ + _)` adds up pairs'],
  ['sed gsub', '`map(_.replaceAll(/a/, "b"))`'],
  ['tr', '`map(_.toUpperCase())`, `map(_.replaceAll("a", "b"))`'],
  ['xargs', '`exec("xargs -n 1 echo")` gives the records to a command'],
  [
    'shuf shuffle',
    '`sortBy(hash(_))` is an order without meaning, the same each time; `sample(0.1)` is a part of the records',
  ],
  ['tac rev reverse', '`aggregate({all: list(_)}) | flatMap(.all.reverse())`'],
  [
    'nl enumerate rowNumber row_number zipWithIndex',
    '`mapWithState((key, record, n) => [(n ?? 0) + 1, [(n ?? 0) + 1, record]])` behind `map(["all", _])`',
  ],
  [
    'alarm notify trigger',
    '`alert(.ms > 500, for: 30s)` tells when it begins and when it is over, and goes on; `assert(.ms < 500)` ends the run with exit 1',
  ],
  [
    'melt unpivot gather pivot_longer stack',
    (_args, list) => {
      const [first = '.id'] = list.filter((field) => /^\.\w+$/.test(field));
      const id = list.length > 1 ? '.id' : first;
      return `\`flatMap(x => entries(x).filter(_[0] != ${JSON.stringify(id.slice(1))}).map(e => {id: x${id}, name: e[0], value: e[1]}))\``;
    },
  ],
  [
    'subtract except minus antiJoin anti_join subtractByKey difference',
    '`lookup("other.csv", on: .id) | filter(.name == null)` leaves those that have no row there, told by another column of it',
  ],
  ['fillna fill coalesceAll na_fill', '`set({n: .n ?? 0})`'],
  ['dropna dropNull drop_null filterNull compact', (args) => `\`filter(${args || '.n'} != null)\``],
  ['dtypes shape info columnsOf printSchema', '`schema` tells the fields, their types and how many values there are'],
  [
    'browser webpage web page html',
    '`serve(8080)` shows the result as a live page; `chart` with `--save chart.html` leaves one at the end',
  ],
  [
    'fieldsGrouping',
    (args) => `the key of what groups: \`groupBy(.${/"(\w+)"/.exec(args)?.[1] ?? 'user'}, {n: count()})\``,
  ],
  ['shuffleGrouping localOrShuffleGrouping', 'leave it out: work is shared by itself, over `--workers 4` threads'],
  ['globalGrouping', '`count` or `aggregate({n: count()})` are of all records'],
  ['allGrouping', '`lookup("table.csv", on: .key)` is a table that all see'],
  ['bolt setBolt', 'a stage is one: `map(_)`, `filter(.ok)`, `groupBy(.key, {n: count()})`'],
  ['plot graph draw barchart', '`chart`, as in `groupBy(.path, {p99: p99(.ms)}) | chart`'],
  ['union_all unionAll UNION', (args) => `\`union(${args || 'other'})\``],
] satisfies Answers);
