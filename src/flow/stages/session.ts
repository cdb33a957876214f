import { END, TIME, wholeObject, within } from '../../base/type.ts';
import { setField } from '../../base/value.ts';
import type { Grouping } from '../define/grouping.ts';
import type { Key } from '../define/named-fields.ts';
import { aggregates, type Column, duration, keys } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { columnsOf, composite } from '../groups/composite.ts';
import { eventTime, on } from '../windows/parameters.ts';
import { sessions } from '../windows/sessions.ts';

const LATE = 'their time and the gap were over (late: allows for more)';

/** A session as an object: the key's columns, `start` and `end` in ms, the aggregates. */
function sessionObjects(by: Key, columns: readonly Column[]): Grouping<unknown[]> {
  const aggregate = composite(columns);
  return {
    key: by.of,
    aggregate,
    emit(value, state, span, out) {
      const object = columnsOf(by, value);
      setField(object, 'start', span.start);
      setField(object, 'end', span.end);
      aggregate.fill(object, state, span);
      out(object);
    },
  };
}

export const session = defineStage({
  name: 'session',
  group: 'window',
  summary: 'One object for each while that a key is active, with aggregates',
  synonyms: ['sessionize'],
  docs: `Records of one key are a session as long as the next comes before \`gap\` is over, or just then: each record at t stands for [t, t + gap), and what touches or overlaps is one session. A session comes out once the watermark (the highest event time less \`late\`, of each file or client, and of these the least) has reached its end; those of one tick come together, by start. \`start\` is the time of the first record, \`end\` that of the last and the gap, both in ms.

A record that fills the gap between two sessions makes them one. One whose own t + gap is at or before the watermark is late, and a session that is over takes nothing more. Over files alone nothing is late unless \`late\` is given, and all sessions are one result. Without \`on\` the time of arrival counts; with \`--checkpoint\` that is the tick of its batch, which is the same when the batch comes again.`,
  examples: [
    {
      program: 'json | session(.user, {n: count()}, gap: 10s, on: .ts)',
      in: '{"user":"a","ts":100}\n{"user":"b","ts":103}\n{"user":"a","ts":108}\n{"user":"a","ts":130}',
      out: '{"user":"a","start":100000,"end":118000,"n":2}\n{"user":"b","start":103000,"end":113000,"n":1}\n{"user":"a","start":130000,"end":140000,"n":1}',
    },
  ],
  parameters: {
    key: keys('what a session is of'),
    columns: aggregates('what to work out for each session', { besides: ['start', 'end'] }),
    gap: duration('how long nothing may come within a session', { named: true }),
    on,
    ...eventTime,
  },
  needs: 'anything',
  byClock: ({ on }) => on === undefined,
  gives(_input, { key, columns }) {
    const times = [
      { name: 'start', type: TIME },
      { name: 'end', type: END },
    ];
    const own = [...key.columns, ...columns].map(({ name, type }) => ({ name, type: within(type) }));
    const fields = [...own.slice(0, key.columns.length), ...times, ...own.slice(key.columns.length)];
    return wholeObject(fields.map(({ name, type }) => [name, type]));
  },
  refits: ({ columns }) => columns,
  faster: { uses: 'read', writesWhole: ({ lateTo }) => lateTo !== undefined },
  behaviour: {
    kind: 'step',
    exchange: ({ key }) => ({ by: key.of }),
    isParted: ({ on, late }) => on !== undefined && late === undefined,
    create({ key, columns, gap, on, late, idle, future, lateTo, zone }, run, down) {
      const settings = on && {
        on,
        late,
        idle,
        future,
        why: LATE,
        ...(lateTo === undefined ? {} : { lateTo }),
        ...(zone === undefined ? {} : { zone }),
      };
      return sessions(sessionObjects(key, columns) as Grouping, gap, settings, run, down);
    },
  },
});
