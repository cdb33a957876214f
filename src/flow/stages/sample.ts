import { number, whole } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { keepingOrigin, passingOn } from '../define/step.ts';
import { randomAt } from '../records/random.ts';
import { Reservoir } from '../records/reservoir.ts';

const seed = whole('another number gives another sample', { named: true }).or(0);

/** `sample(n: 100)`: so many of each batch, whatever their number. */
const some = defineStage({
  name: 'sample',
  group: 'record',
  summary: 'So many records of each batch, each as likely as any other',
  docs: 'See `sample`.',
  examples: [],
  parameters: { n: whole('how many', { named: true, least: 1 }), seed },
  needs: 'anything',
  gives: (input) => input,
  behaviour: {
    kind: 'step',
    exchange: () => 'whole',
    create: ({ n, seed }, _run, down) => {
      const reservoir = new Reservoir(n, seed);
      return passingOn(down, {
        push: (record) => reservoir.add(record),
        // All of a batch is one choice.
        partition: () => {},
        close(span) {
          for (const record of reservoir.take()) down.push(record);
          down.close(span);
        },
        ...reservoir.memory,
      });
    },
  },
});

export const sample = defineStage({
  name: 'sample',
  group: 'record',
  summary: 'A random part of the records, or so many of each batch; the same in every run',
  synonyms: ['random', 'reservoir', 'bootstrap', 'shuf'],
  docs:
    'Keeps each record with the probability `p`, on its own. `sample(n: 100)` keeps 100 of each batch or window (all, where there are fewer), each as likely as any other, in their order, and gives ' +
    'them at its end. The choice depends on the seed and on the number of the record in the run alone, so a run on the same input gives the same sample; another `seed` gives another one.',
  examples: [
    { program: 'sample(1)', in: 'a\nb', out: 'a\nb' },
    { program: 'sample(0) | count', in: 'a\nb', out: '0' },
    { program: 'sample(n: 2)', in: 'a\nb\nc\nd', out: 'b\nc' },
  ],
  parameters: {
    p: number('the probability to keep a record, from 0 to 1', { least: 0 }).checked((p) =>
      p <= 1 ? undefined : `it is at most 1; ${p} of each batch are \`sample(n: ${Math.ceil(p)})\``,
    ),
    n: whole('how many of each batch to keep, in the place of `p`', { named: true, least: 1 }).optional(),
    seed,
  },
  variants: { n: some },
  needs: 'anything',
  gives: (input) => input,
  faster: { uses: 'passed' },
  keepsOrigin: true,
  behaviour: {
    kind: 'step',
    exchange: () => 'whole',
    create: ({ p, seed }, _run, down) => {
      let index = 0;
      return passingOn(down, {
        ...keepingOrigin(down),
        push(record) {
          if (randomAt(seed, index++) < p) down.push(record);
        },
        snapshot: () => index,
        restore(state) {
          index = state as number;
        },
      });
    },
  },
});
