import { NUMBER } from '../../base/type.ts';
import { zoneNamed } from '../../base/zone.ts';
import { RobustScores } from '../analytics/robust-scores.ts';
import { defineAnalytic } from '../define/analytic.ts';
import { result, whole } from '../define/parameters.ts';
import { zoneOf } from '../windows/parameters.ts';

export const spike = defineAnalytic({
  name: 'spike',
  summary: 'How unusual a result is for its key: a robust z-score',
  synonyms: ['anomaly', 'outlier', 'z-score', 'MAD', 'baseline'],
  docs: `How far a number is from the median of what the key had before, in units of their usual distance from it (1.4826 times the median absolute deviation, which is the standard deviation of what is spread normally): 0 is usual, above about 3.5 or below -3.5 is not. \`filter(.z > 3.5)\` keeps what is unusual.

Before are the results of the same hour of the day on days before, one of every ten minutes of the last 14 days, where there are 12 of them on three days or more; else the last \`among\` results. Null for the first 8, and where the result is no number. Where most of them were the same, their mean absolute deviation counts; whole numbers are taken to be off by the rounding, so that one more of what was always the same is not unusual yet. It is at most 1000 either way. A key that did not come for 14 days is forgotten. Not for \`session\`, nor for windows that come out more than once.`,
  examples: [
    {
      program:
        'queue([5], [6], [5], [7], [6], [5], [6], [6], [40]) | aggregate({n: sum(_), z: spike(sum(_))}) | filter(.z > 3.5)',
      out: '{"n":40,"z":45.86537164440848}',
    },
  ],
  parameters: {
    value: result('what to judge'),
    among: whole('how many results before it to judge by, where no other day is known', {
      named: true,
      least: 8,
      most: 1000,
    }).or(60),
    zone: zoneOf('the zone of the hours of the day'),
  },
  among: 'past',
  gives: () => NUMBER,
  create: ({ among, zone }, run) => new RobustScores(among, run, zone === undefined ? undefined : zoneNamed(zone)),
});
