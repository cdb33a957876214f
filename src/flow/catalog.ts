/**
 * THE list of all words, in the order of the documentation. A new word is a file and a line here. In the command that is built, what is in
 * these lists is loaded when it is first asked for (`scripts/by-need.mjs`).
 */

import { approxDistinct } from './aggregates/approxDistinct.ts';
import { avg as avgOf } from './aggregates/avg.ts';
import { count as countOf } from './aggregates/count.ts';
import { distinct as distinctOf } from './aggregates/distinct.ts';
import { exactQuantile } from './aggregates/exactQuantile.ts';
import { first } from './aggregates/first.ts';
import { entropy, mode, valueCounts } from './aggregates/frequencies.ts';
import { histogram } from './aggregates/histogram.ts';
import { lag } from './aggregates/lag.ts';
import { last as lastOf } from './aggregates/last.ts';
import { list as listOf } from './aggregates/list.ts';
import { max as maxOf } from './aggregates/max.ts';
import { maxBy } from './aggregates/maxBy.ts';
import { min as minOf } from './aggregates/min.ts';
import { minBy } from './aggregates/minBy.ts';
import { p50, p90, p95, p99 } from './aggregates/percentiles.ts';
import { quantile } from './aggregates/quantile.ts';
import { rate as rateOf } from './aggregates/rate.ts';
import { set } from './aggregates/set.ts';
import { share } from './aggregates/share.ts';
import { spike } from './aggregates/spike.ts';
import { stddev } from './aggregates/stddev.ts';
import { sum as sumOf } from './aggregates/sum.ts';
import { top as topOf } from './aggregates/top.ts';
import type { ColumnWord } from './define/analytic.ts';
import type { FunctionDefinition } from './define/function.ts';
import type { SinkDefinition } from './define/sink.ts';
import type { SourceDefinition } from './define/source.ts';
import type { StageDefinition } from './define/stage.ts';
import { Tables, WordList } from './define/word-list.ts';
import { agentFunctions } from './functions/agents.ts';
import { methodsOfLists } from './functions/methods-of-lists.ts';
import { methodsOfStrings } from './functions/methods-of-strings.ts';
import { numberFunctions } from './functions/numbers.ts';
import { textFunctions } from './functions/text.ts';
import { timeFunctions } from './functions/time.ts';
import { urlFunctions } from './functions/urls.ts';
import { valueFunctions } from './functions/values.ts';
import { amqp as amqpSink } from './sinks/amqp.ts';
import { append } from './sinks/append.ts';
import { chart } from './sinks/chart.ts';
import { exec as execSink } from './sinks/exec.ts';
import { flume as flumeSink } from './sinks/flume.ts';
import { http as httpSink } from './sinks/http.ts';
import { kafka as kafkaSink } from './sinks/kafka.ts';
import { mqtt as mqttSink } from './sinks/mqtt.ts';
import { mysql as mysqlSink } from './sinks/mysql.ts';
import { nats as natsSink } from './sinks/nats.ts';
import { none } from './sinks/none.ts';
import { postgres as postgresSink } from './sinks/postgres.ts';
import { print } from './sinks/print.ts';
import { redis as redisSink } from './sinks/redis.ts';
import { save } from './sinks/save.ts';
import { send } from './sinks/send.ts';
import { serve } from './sinks/serve.ts';
import { sqlite as sqliteSink } from './sinks/sqlite.ts';
import { udp as udpSink } from './sinks/udp.ts';
import { unix as unixSink } from './sinks/unix.ts';
import { amqp } from './sources/amqp.ts';
import { checkpoint } from './sources/checkpoint.ts';
import { connect } from './sources/connect.ts';
import { exec } from './sources/exec.ts';
import { files } from './sources/files.ts';
import { flume } from './sources/flume.ts';
import { hdfs } from './sources/hdfs.ts';
import { http } from './sources/http.ts';
import { kafka } from './sources/kafka.ts';
import { listen } from './sources/listen.ts';
import { mqtt } from './sources/mqtt.ts';
import { mysql } from './sources/mysql.ts';
import { nats } from './sources/nats.ts';
import { otlp } from './sources/otlp.ts';
import { postgres } from './sources/postgres.ts';
import { queue } from './sources/queue.ts';
import { rate } from './sources/rate.ts';
import { redis } from './sources/redis.ts';
import { replay } from './sources/replay.ts';
import { scribe } from './sources/scribe.ts';
import { sqlite } from './sources/sqlite.ts';
import { stdin } from './sources/stdin.ts';
import { subscribe } from './sources/subscribe.ts';
import { syslog } from './sources/syslog.ts';
import { tail } from './sources/tail.ts';
import { udp } from './sources/udp.ts';
import { unix } from './sources/unix.ts';
import { watch } from './sources/watch.ts';
import { aggregate } from './stages/aggregate.ts';
import { aggregateByKey } from './stages/aggregateByKey.ts';
import { alert } from './stages/alert.ts';
import { assert } from './stages/assert.ts';
import { clf } from './stages/clf.ts';
import { cogroup } from './stages/cogroup.ts';
import { combineByKey } from './stages/combineByKey.ts';
import { count } from './stages/count.ts';
import { countBy } from './stages/countBy.ts';
import { countByKey } from './stages/countByKey.ts';
import { countByValue } from './stages/countByValue.ts';
import { countByValueAndWindow } from './stages/countByValueAndWindow.ts';
import { countByWindow } from './stages/countByWindow.ts';
import { csv } from './stages/csv.ts';
import { dedupe } from './stages/dedupe.ts';
import { distinct } from './stages/distinct.ts';
import { drop } from './stages/drop.ts';
import { explode } from './stages/explode.ts';
import { filter } from './stages/filter.ts';
import { flatMap } from './stages/flatMap.ts';
import { flatMapValues } from './stages/flatMapValues.ts';
import { flatten } from './stages/flatten.ts';
import { fullOuterJoin } from './stages/fullOuterJoin.ts';
import { glom } from './stages/glom.ts';
import { grep } from './stages/grep.ts';
import { groupBy } from './stages/groupBy.ts';
import { groupByKey } from './stages/groupByKey.ts';
import { groupByKeyAndWindow } from './stages/groupByKeyAndWindow.ts';
import { head } from './stages/head.ts';
import { join } from './stages/join.ts';
import { json } from './stages/json.ts';
import { keys } from './stages/keys.ts';
import { last } from './stages/last.ts';
import { leftOuterJoin } from './stages/leftOuterJoin.ts';
import { lines } from './stages/lines.ts';
import { logfmt } from './stages/logfmt.ts';
import { lookup } from './stages/lookup.ts';
import { map } from './stages/map.ts';
import { mapPartitions } from './stages/mapPartitions.ts';
import { mapValues } from './stages/mapValues.ts';
import { mapWithState } from './stages/mapWithState.ts';
import { multiline } from './stages/multiline.ts';
import { pick } from './stages/pick.ts';
import { pivot } from './stages/pivot.ts';
import { reduce } from './stages/reduce.ts';
import { reduceByKey } from './stages/reduceByKey.ts';
import { reduceByKeyAndWindow } from './stages/reduceByKeyAndWindow.ts';
import { reduceByWindow } from './stages/reduceByWindow.ts';
import { regex } from './stages/regex.ts';
import { rename } from './stages/rename.ts';
import { repartition } from './stages/repartition.ts';
import { rightOuterJoin } from './stages/rightOuterJoin.ts';
import { running } from './stages/running.ts';
import { sample } from './stages/sample.ts';
import { schema } from './stages/schema.ts';
import { session } from './stages/session.ts';
import { set as setFields } from './stages/set.ts';
import { sort } from './stages/sort.ts';
import { sortBy } from './stages/sortBy.ts';
import { split } from './stages/split.ts';
import { sql } from './stages/sql.ts';
import { stamp } from './stages/stamp.ts';
import { stateSnapshots } from './stages/stateSnapshots.ts';
import { swap } from './stages/swap.ts';
import { syslog as syslogParser } from './stages/syslog.ts';
import { take } from './stages/take.ts';
import { tap } from './stages/tap.ts';
import { top } from './stages/top.ts';
import { transform } from './stages/transform.ts';
import { tsv } from './stages/tsv.ts';
import { union } from './stages/union.ts';
import { updateStateByKey } from './stages/updateStateByKey.ts';
import { values } from './stages/values.ts';
import { window } from './stages/window.ts';
import { words } from './stages/words.ts';

export const sources = new WordList<SourceDefinition>({
  stdin,
  listen,
  connect,
  udp,
  unix,
  http,
  syslog,
  watch,
  tail,
  files,
  queue,
  rate,
  exec,
  kafka,
  redis,
  nats,
  mqtt,
  amqp,
  subscribe,
  flume,
  scribe,
  otlp,
  hdfs,
  replay,
  sqlite,
  postgres,
  mysql,
  checkpoint,
});

export const stages = new WordList<StageDefinition>({
  // parsers
  json,
  csv,
  tsv,
  logfmt,
  multiline,
  clf,
  syslog: syslogParser,
  regex,
  words,
  lines,
  // per record
  map,
  flatMap,
  filter,
  pick,
  drop,
  rename,
  set: setFields,
  flatten,
  explode,
  grep,
  split,
  mapValues,
  flatMapValues,
  mapPartitions,
  glom,
  repartition,
  tap,
  head,
  sample,
  keys,
  values,
  swap,
  stamp,
  // per batch
  count,
  countByValue,
  countBy,
  countByKey,
  reduce,
  reduceByKey,
  groupByKey,
  aggregateByKey,
  combineByKey,
  groupBy,
  aggregate,
  pivot,
  sql,
  schema,
  distinct,
  sort,
  sortBy,
  top,
  take,
  last,
  alert,
  assert,
  transform,
  // two streams
  union,
  join,
  leftOuterJoin,
  rightOuterJoin,
  fullOuterJoin,
  cogroup,
  lookup,
  // windows
  window,
  countByWindow,
  reduceByWindow,
  reduceByKeyAndWindow,
  groupByKeyAndWindow,
  countByValueAndWindow,
  running,
  session,
  // state
  updateStateByKey,
  mapWithState,
  stateSnapshots,
  dedupe,
});

export const aggregates = new WordList<ColumnWord>({
  count: countOf,
  sum: sumOf,
  min: minOf,
  max: maxOf,
  minBy,
  maxBy,
  avg: avgOf,
  stddev,
  first,
  last: lastOf,
  list: listOf,
  set,
  distinct: distinctOf,
  approxDistinct,
  quantile,
  exactQuantile,
  p50,
  p90,
  p95,
  p99,
  top: topOf,
  mode,
  valueCounts,
  entropy,
  histogram,
  rate: rateOf,
  share,
  lag,
  spike,
});

export const functions = new Tables<FunctionDefinition>({
  valueFunctions,
  textFunctions,
  numberFunctions,
  timeFunctions,
  urlFunctions,
  agentFunctions,
  methodsOfStrings,
  methodsOfLists,
});

export const sinks = new WordList<SinkDefinition>({
  print,
  chart,
  serve,
  save,
  append,
  send,
  unix: unixSink,
  udp: udpSink,
  http: httpSink,
  flume: flumeSink,
  exec: execSink,
  sqlite: sqliteSink,
  postgres: postgresSink,
  mysql: mysqlSink,
  kafka: kafkaSink,
  redis: redisSink,
  nats: natsSink,
  mqtt: mqttSink,
  amqp: amqpSink,
  none,
});
