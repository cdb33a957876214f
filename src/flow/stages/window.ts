import { UNKNOWN } from '../../base/type.ts';
import { lambda, text } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { eventTime, length, on, slide } from '../windows/parameters.ts';

export const window = defineStage({
  name: 'window',
  group: 'window',
  summary: 'The records of the last while, again and again',
  synonyms: ['tumbling', 'hopping', 'sliding', 'moving average', 'rolling average'],
  docs: `A window comes out at every multiple of the slide since the epoch and holds the batches of the last \`length\`. Before an aggregation, or directly behind one, the aggregation is that of the window: \`reduceByKey(_ + _) | window(30s, 10s)\` gives one record a key over 30 s. Elsewhere it gives the window's records in order. Length and slide are multiples of the batch interval; a slide longer than the length leaves gaps. What a slide costs does not depend on how many slides a window is long.

With \`on\` it is a window of event time, half-open and aligned to the epoch, and stands before the aggregation; its slide is its length unless given. It comes out once, when the watermark (the highest event time less \`late\`, of each file or client, and of these the least) has reached its end; \`emit: "update"\` also gives it in each batch that changed it. Records that come when all their windows are over are counted as late. Over files alone nothing is late unless \`late\` is given: windows come out when all has been read.`,
  examples: [
    {
      program: 'queue(["to", "be"], ["to"], []) | countByValue | window(2s)',
      out: 'to\t1\nbe\t1\nto\t2\nbe\t1\nto\t1',
    },
    {
      program: 'json | window(1m, on: .ts) | count | stamp | map([formatTime(.start, "HH:mm"), .value])',
      in: '{"ts":"2026-01-01T10:00:05Z"}\n{"ts":"2026-01-01T10:01:10Z"}\n{"ts":"2026-01-01T10:01:50Z"}',
      out: '10:00\t1\n10:01\t2',
    },
  ],
  parameters: {
    length: length(),
    slide: slide('how often a window comes out: with every batch unless given, by event time as often as it is long'),
    filter: lambda('hides what comes out for which this is false, without forgetting it', () => [UNKNOWN], {
      named: true,
    }).optional(),
    on,
    ...eventTime,
    emit: text('with `on`: whether a window comes out when it is over, or also in each batch that changed it', {
      named: true,
      with: 'on',
      choices: ['close', 'update'],
    }).or('close'),
  },
  needs: 'anything',
  gives: (input) => input,
  behaviour: {
    kind: 'window',
    window({ length, slide, filter, on, late, idle, future, lateTo, zone, emit }) {
      if (on === undefined) {
        return {
          kind: 'batches',
          length,
          ...(slide === undefined ? {} : { slide }),
          ...(filter === undefined ? {} : { filter }),
        };
      }
      return {
        kind: 'event',
        length,
        slide: slide ?? length,
        on,
        late,
        idle,
        future,
        emit: emit === 'update' ? 'update' : 'close',
        ...(lateTo === undefined ? {} : { lateTo }),
        ...(zone === undefined ? {} : { zone }),
        ...(filter === undefined ? {} : { filter }),
      };
    },
  },
});
