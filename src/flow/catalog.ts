/** THE list of all words, in the order of the documentation. A new word is a file and a line here. */
import type {
  AggregateDefinition,
  FunctionDefinition,
  SinkDefinition,
  SourceDefinition,
  StageDefinition,
} from './define.ts';
import { filter } from './stages/filter.ts';
import { flatMap } from './stages/flatMap.ts';
import { flatMapValues } from './stages/flatMapValues.ts';
import { json } from './stages/json.ts';
import { keys } from './stages/keys.ts';
import { lines } from './stages/lines.ts';
import { map } from './stages/map.ts';
import { mapValues } from './stages/mapValues.ts';
import { reduceByKey } from './stages/reduceByKey.ts';
import { swap } from './stages/swap.ts';
import { values } from './stages/values.ts';
import { words } from './stages/words.ts';

export const sources: readonly SourceDefinition[] = [];

export const stages: readonly StageDefinition[] = [
  // parsers
  json,
  words,
  lines,
  // per record
  map,
  flatMap,
  filter,
  mapValues,
  flatMapValues,
  keys,
  values,
  swap,
  // per batch
  reduceByKey,
  // two streams
  // windows
  // state
];

export const aggregates: readonly AggregateDefinition[] = [];

export const functions: readonly FunctionDefinition[] = [];

export const sinks: readonly SinkDefinition[] = [];
