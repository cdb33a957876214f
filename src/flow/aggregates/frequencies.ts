import { listOf, NUMBER, pairOf } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { byFrequency, countingValues, type ValueCounts } from '../groups/value-counts.ts';

/** Shannon's entropy in bits. The counts are added up by size, so that it does not depend on the order of the records. */
function bitsOf(counts: ValueCounts): number | null {
  if (counts.size === 0) return null;
  const sizes = Float64Array.from(counts.values(), ([, count]) => count).sort();
  let all = 0;
  for (const size of sizes) all += size;
  let bits = 0;
  for (const size of sizes) bits += (size / all) * Math.log2(all / size);
  return bits;
}

export const mode = defineAggregate({
  name: 'mode',
  summary: 'The value that occurs most often',
  synonyms: ['most frequent', 'most common'],
  docs: 'Of several that occur as often the first in the order of `sort`. Values are the same if they are spelt alike, as in `countBy`. Nulls are passed over; null where there is nothing else. It keeps every different value.',
  examples: [{ program: 'words | aggregate({usual: mode(_)})', in: 'b a b', out: '{"usual":"b"}' }],
  parameters: { f: lambda('the value of a record') },
  gives: (_args, results) => results.f!,
  create: ({ f }) => countingValues(f, (counts) => [...counts.values()].sort(byFrequency)[0]?.[0] ?? null),
});

export const valueCounts = defineAggregate({
  name: 'valueCounts',
  summary: 'How often each value occurs, the most frequent first',
  synonyms: ['value_counts', 'frequency', 'histogram'],
  docs: 'The list of pairs `[value, how often]`, ties by value ascending. Nulls are passed over; empty where there is nothing else. It keeps every different value.',
  examples: [
    { program: 'words | aggregate({words: valueCounts(_)})', in: 'b a b', out: '{"words":[["b",2],["a",1]]}' },
  ],
  parameters: { f: lambda('the value of a record') },
  gives: (_args, results) => listOf(pairOf(results.f!, NUMBER)),
  create: ({ f }) =>
    countingValues(f, (counts) => [...counts.values()].sort(byFrequency).map(([value, count]) => [value, count])),
});

export const entropy = defineAggregate({
  name: 'entropy',
  summary: 'How evenly values are spread, in bits: 0 where all are the same',
  synonyms: ['Shannon', 'diversity', 'uniformity'],
  docs: "Shannon's entropy: the sum of -p log2(p) over the shares p of the different values, so n that are equally frequent have log2(n). Nulls are passed over; null where there is nothing else. It keeps every different value.",
  examples: [{ program: 'words | aggregate({bits: entropy(_)})', in: 'a b a b', out: '{"bits":1}' }],
  parameters: { f: lambda('the value of a record') },
  gives: () => NUMBER,
  create: ({ f }) => countingValues(f, bitsOf),
});
