import { type Compiled, opaque } from '../define/compiled.ts';
import type { Key } from '../define/named-fields.ts';
import type { Column } from '../define/parameters.ts';
import { defineStage, type StageDefinition } from '../define/stage.ts';
import { columnTypes } from '../groups/composite.ts';
import { analyticsOf } from '../groups/worked-out.ts';
import { AnalyticStep } from './analytic-step.ts';

/** The key of a list of a key and results, as `_[0]` would be. */
const keyOfRow: Compiled = opaque((row) => (row as readonly [never])[0], ['index', ['given', 0, 0], ['value', 0]]);

/** What stands behind a stage with columns that look at other results, and works these out; undefined where it has none. */
export function stageBehind(key: Key | undefined, columns: readonly Column[]): StageDefinition | undefined {
  const analytics = analyticsOf(columns);
  const [first] = analytics;
  if (first === undefined) return undefined;
  const looksBack = analytics.some(({ among }) => among === 'past');
  const isWhole = key === undefined || analytics.some(({ among }) => among === 'groups');
  return defineStage({
    name: first.word.name,
    group: 'batch',
    summary: 'Works out columns of what other results are',
    docs: 'It takes lists of a key and the results of aggregates.',
    examples: [],
    parameters: {},
    needs: 'anything',
    gives: () => columnTypes(key, columns),
    givesEach: true,
    byClock: () => looksBack,
    ...(looksBack ? {} : { forgets: true }),
    behaviour: {
      kind: 'step',
      exchange: () => (isWhole ? 'whole' : { by: keyOfRow }),
      create: (_args, run, down) => new AnalyticStep(key, columns, run, down),
    },
  });
}
