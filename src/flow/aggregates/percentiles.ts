import { NUMBER } from '../../base/type.ts';
import { type AggregateDefinition, defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { quantileBy } from './quantile.ts';

/** `p99(f)` for `quantile(f, 0.99)`. `tenth` is what it gives for the numbers from 1 to 10. */
function percentile(name: string, q: number, summary: string, tenth: number): AggregateDefinition {
  return defineAggregate({
    name,
    summary,
    synonyms: ['percentile'],
    docs: `Short for \`quantile(f, ${q})\`, which see: exact up to 64 numbers, then at most 1 % away.`,
    examples: [
      {
        program: `words | map(number) | aggregate({${name}: ${name}(_)})`,
        in: '10 9 8 7 6 5 4 3 2 1',
        out: `{"${name}":${tenth}}`,
      },
    ],
    parameters: { f: lambda('the number of a record') },
    gives: () => NUMBER,
    create: ({ f }) => quantileBy(name, f, q),
  });
}

export const p50 = percentile('p50', 0.5, 'The median of numbers, within 1 %', 5);
export const p90 = percentile('p90', 0.9, 'What 90 % of the numbers do not exceed, within 1 %', 9);
export const p95 = percentile('p95', 0.95, 'What 95 % of the numbers do not exceed, within 1 %', 10);
export const p99 = percentile('p99', 0.99, 'What 99 % of the numbers do not exceed, within 1 %', 10);
