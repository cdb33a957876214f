/** THE list of all words, in the order of the documentation. A new word is a file and a line here. */
import type {
  AggregateDefinition,
  FunctionDefinition,
  SinkDefinition,
  SourceDefinition,
  StageDefinition,
} from './define.ts';
import { map } from './stages/map.ts';
import { reduceByKey } from './stages/reduceByKey.ts';

export const sources: readonly SourceDefinition[] = [];

export const stages: readonly StageDefinition[] = [
  // parsers
  // per record
  map,
  // per batch
  reduceByKey,
  // two streams
  // windows
  // state
];

export const aggregates: readonly AggregateDefinition[] = [];

export const functions: readonly FunctionDefinition[] = [];

export const sinks: readonly SinkDefinition[] = [];
