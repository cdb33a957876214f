/** THE list of all words, in the order of the documentation. A new word is a file and a line here. */
import type {
  AggregateDefinition,
  FunctionDefinition,
  SinkDefinition,
  SourceDefinition,
  StageDefinition,
} from './define.ts';
import { none } from './sinks/none.ts';
import { print } from './sinks/print.ts';
import { files } from './sources/files.ts';
import { listen } from './sources/listen.ts';
import { queue } from './sources/queue.ts';
import { stdin } from './sources/stdin.ts';
import { aggregate } from './stages/aggregate.ts';
import { aggregateByKey } from './stages/aggregateByKey.ts';
import { clf } from './stages/clf.ts';
import { combineByKey } from './stages/combineByKey.ts';
import { count } from './stages/count.ts';
import { countBy } from './stages/countBy.ts';
import { countByKey } from './stages/countByKey.ts';
import { countByValue } from './stages/countByValue.ts';
import { csv } from './stages/csv.ts';
import { distinct } from './stages/distinct.ts';
import { filter } from './stages/filter.ts';
import { flatMap } from './stages/flatMap.ts';
import { flatMapValues } from './stages/flatMapValues.ts';
import { glom } from './stages/glom.ts';
import { groupBy } from './stages/groupBy.ts';
import { groupByKey } from './stages/groupByKey.ts';
import { json } from './stages/json.ts';
import { keys } from './stages/keys.ts';
import { lines } from './stages/lines.ts';
import { logfmt } from './stages/logfmt.ts';
import { map } from './stages/map.ts';
import { mapPartitions } from './stages/mapPartitions.ts';
import { mapValues } from './stages/mapValues.ts';
import { reduce } from './stages/reduce.ts';
import { reduceByKey } from './stages/reduceByKey.ts';
import { regex } from './stages/regex.ts';
import { repartition } from './stages/repartition.ts';
import { sample } from './stages/sample.ts';
import { sort } from './stages/sort.ts';
import { sortBy } from './stages/sortBy.ts';
import { stamp } from './stages/stamp.ts';
import { swap } from './stages/swap.ts';
import { take } from './stages/take.ts';
import { tap } from './stages/tap.ts';
import { top } from './stages/top.ts';
import { transform } from './stages/transform.ts';
import { tsv } from './stages/tsv.ts';
import { values } from './stages/values.ts';
import { words } from './stages/words.ts';

export const sources: readonly SourceDefinition[] = [stdin, listen, files, queue];

export const stages: readonly StageDefinition[] = [
  // parsers
  json,
  csv,
  tsv,
  logfmt,
  clf,
  regex,
  words,
  lines,
  // per record
  map,
  flatMap,
  filter,
  mapValues,
  flatMapValues,
  mapPartitions,
  glom,
  repartition,
  tap,
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
  distinct,
  sort,
  sortBy,
  top,
  take,
  transform,
  // two streams
  // windows
  // state
];

export const aggregates: readonly AggregateDefinition[] = [];

export const functions: readonly FunctionDefinition[] = [];

export const sinks: readonly SinkDefinition[] = [print, none];
