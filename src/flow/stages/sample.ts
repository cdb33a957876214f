import { number, whole } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { keepingOrigin, passingOn } from '../define/step.ts';

/**
 * A number in [0, 1) for record `index` of a sequence: the same for the same seed, otherwise without any pattern that matters for
 * sampling. The mixing steps are those of MurmurHash3's finalizer.
 */
export function randomAt(seed: number, index: number): number {
  let bits = mix((seed ^ 0x9e3779b9) | 0);
  bits = mix(bits ^ (index | 0));
  bits = mix(bits ^ Math.floor(index / 2 ** 32));
  return (bits >>> 0) / 2 ** 32;
}

function mix(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

export const sample = defineStage({
  name: 'sample',
  group: 'record',
  summary: 'A random part of the records, the same in every run',
  docs:
    'Keeps each record with the probability `p`, on its own. The choice depends on the seed and on the number of the record alone, so a run on ' +
    'the same input gives the same sample; another `seed` gives another one.',
  examples: [
    { program: 'sample(1)', in: 'a\nb', out: 'a\nb' },
    { program: 'sample(0) | count', in: 'a\nb', out: '0' },
  ],
  parameters: {
    p: number('the probability to keep a record, from 0 to 1', { least: 0, most: 1 }),
    seed: whole('another number gives another sample', { named: true }).or(0),
  },
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
