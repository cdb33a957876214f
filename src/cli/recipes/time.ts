import { LOG, type Recipe } from './recipe.ts';

/** Recipes about time, windows and state. */
export const time: readonly Recipe[] = [
  {
    title: 'Sessions: what a user did without a long pause',
    finds: 'sessions, sessionize, visits, inactivity',
    program: 'json | session(.user, {n: count()}, gap: 30s, on: .ts) | map([.user, .n])',
    in: LOG,
    out: 'ada\t1\nbob\t1\nada\t1',
  },
  {
    title: 'A moving average',
    finds: 'moving average, rolling mean, smoothing, sliding window',
    program: 'queue([4], [8], [6]) | aggregate({mean: avg(_)}) | window(2s, 1s) | map(.mean)',
    out: '4\n6\n7',
  },
  {
    title: 'Late records, and where they go',
    finds: 'late data, out of order, watermark, lateness',
    program: 'json | window(1m, on: .ts, late: 10s, lateTo: "late.jsonl") | count',
    in: LOG,
    out: '2\n1',
    writes: { 'late.jsonl': '' },
  },
  {
    title: 'Times in another form and zone',
    finds: 'date format, time zone, timezone, strftime, parse date, epoch',
    program: 'json | map(formatTime(time(.ts), "dd.MM.yyyy HH:mm", "Europe/Berlin"))',
    in: LOG,
    out: '06.03.2026 11:00\n06.03.2026 11:00\n06.03.2026 11:01',
  },
  {
    title: 'Durations and ages',
    finds: 'duration, elapsed, age, time difference, seconds between',
    program: 'json | map([.user, (time("2026-03-06T10:02:05Z") - time(.ts)) / 1s])',
    in: LOG,
    out: 'ada\t115\nbob\t75\nada\t60',
  },
  {
    title: 'Pairs of begin and end, and how long it took',
    finds: 'begin and end, start and end, start stop, elapsed, pair events, request id, trace id',
    program: 'csv | groupBy(.id, {begin: min(.t), end: max(.t)}) | map([.id, .end - .begin])',
    in: 'id,t\n1,10\n2,12\n1,17\n2,13',
    out: '1\t7\n2\t1',
  },
  {
    title: 'The same events at the pace of their times',
    finds: 'replay, simulate, time lapse, playback',
    program: 'json | window(1m, on: .ts) | count',
    notRun: '--replay 60x goes with it',
    out: '',
  },
  {
    title: 'Counts since the start',
    finds: 'running total, cumulative, total so far, since start',
    program: 'queue(["a"], ["a", "b"]) | countByValue | running',
    out: 'a\t1\na\t2\nb\t1',
  },
  {
    title: 'Something each minute, as cron does',
    finds: 'cron, every minute, every 5 seconds, schedule, periodic, timer, poll, interval, repeat',
    program: 'exec("while :; do df --output=pcent /; sleep 60; done") | print',
    notRun: 'it waits for a minute',
    out: '',
  },
  {
    title: 'A total for each key that lives as long as the run',
    finds: 'state, stateful, keyed state, memory, updateStateByKey',
    program: 'queue([["a", 1]], [["a", 2]]) | updateStateByKey((values, total) => sum(values) + (total ?? 0))',
    out: 'a\t1\na\t3',
  },
  {
    title: 'What changed since the record before',
    finds: 'difference, delta, previous, lag, change',
    program: 'queue([1, 4], [9]) | map(["x", _]) | mapWithState((k, v, before) => [v, v - before]) | filter(_ != null)',
    out: '3\n5',
  },
  {
    title: 'A value only when it is another than before',
    finds: 'only when it changes, on change, changed value, same as before, consecutive duplicates',
    program:
      'queue(["up", "up"], ["down"]) | map(["x", _]) | mapWithState((k, v, before) => [v, v == before ? null : v])',
    out: 'up\ndown',
  },
  {
    title: 'What is more than it was one minute before, or an hour',
    finds:
      'compare with an hour ago, previous window, change over time, week over week, month over month, growth, slower than before, lag',
    program: 'json | window(1m, on: .ts) | aggregate({n: count(), more: n - lag(n, 1m)})',
    in: LOG,
    out: '{"n":2,"more":null}\n{"n":1,"more":-1}',
  },
  {
    title: 'What is unusual for its key',
    finds: 'anomaly, outlier, spike, unusual, z-score, deviation',
    program: 'json | window(1m) | groupBy(.path, {n: count(), z: spike(n)}) | filter(.z > 4)',
    notRun: 'it waits for more',
    out: '',
  },
  {
    title: 'A key that has gone quiet',
    finds: 'timeout, heartbeat, watchdog, missing, silent, absence, no data, dead',
    program:
      'queue([["a", 1], ["b", 1]], [["a", 2]], [["a", 3]]) | mapWithState((host, value, last, quiet) => [value, quiet ? host + " is quiet" : null], timeout: 1s)',
    out: 'b is quiet',
  },
];
