import { secret } from '../connections/secrets.ts';
import { urlFault } from '../connections/urls.ts';
import type { RunContext } from '../define/context.ts';
import { duration, lambda, text } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { keepingOrigin, passingOn, type Step } from '../define/step.ts';
import { type AlarmArguments, Alarms } from '../records/alarms.ts';

function alerting(args: AlarmArguments, run: RunContext, down: Step): Step {
  const alarms = new Alarms(args, run);
  return passingOn(down, {
    ...keepingOrigin(down),
    push(record) {
      alarms.see(record);
      down.push(record);
    },
    close(span) {
      alarms.close(span);
      down.close(span);
    },
    advance(through) {
      alarms.advance(through);
      down.advance(through);
    },
    snapshot: () => alarms.snapshot(),
    restore: (state) => alarms.restore(state),
  });
}

export const alert = defineStage({
  name: 'alert',
  group: 'batch',
  summary: 'Tells when something begins to be true and when it is over, also by a command',
  synonyms: ['alarm', 'notify', 'monitor', 'pager', 'slack', 'threshold'],
  docs:
    'Records are passed on as they are, and the run goes on. In each batch or window the condition is true where it is for one of its records, by itself for each value of `by:`. An alert begins when it is, or with `for: 30s` when it was in each batch up to one that comes 30 s later. It is over in ' +
    'the first batch where it is not, also where there are no records, or with `keep: 1m` when it has not been for a minute. Both are told on stderr; with `every: 10m` also, every 10 minutes, that it goes on. ' +
    '`exec:` is run by `sh` for each of these, one at a time, and reads one line of JSON: `alert` ("begins", "goes on", "is over"), `text`, `key`, `since` and `time` (ms since the epoch), and `records` and the first `record`, or `why` it is over. No data is ever part of the command. ' +
    'What it writes goes to stderr; if it fails, takes longer than 30 s, or 100 messages wait for it, that is told, and the run goes on. `http:` is sent the same by POST, again for 30 s where it may still arrive; a status from 200 to 299 says that it did. On the page and in the results of `serve` in front of it or behind it, an alert shows as long as it goes on. At the end of a run an alert is not over; what was told is still read by the command. A run that is taken up after a crash tells again what it told since its last checkpoint. ' +
    '`assert` ends the run instead.',
  examples: [
    {
      program:
        'json | groupBy(.path, {p99: p99(.ms)}) | alert(.p99 > 1s, for: 30s, by: .path, exec: "curl -d @- https://example.org/hook")',
      in: '{"path":"/a","ms":12}',
      out: '{"path":"/a","p99":12}',
    },
    {
      program: 'json | alert(.ms > 500, message: "slow", http: "http://localhost:9000/hook")',
      in: '{"ms":12}',
      out: '{"ms":12}',
    },
    { program: 'json | alert(.level == "error", message: "errors") | count', in: '{"level":"info"}', out: '1' },
  ],
  parameters: {
    condition: lambda('what is true of a record that is alarming'),
    for: duration('for how long it has to be true, batch after batch', { named: true }).optional(),
    keep: duration('for how long it must not be true until it is over', { named: true, orZero: true }).or(0),
    every: duration('how often it is told again while it goes on', { named: true }).optional(),
    by: lambda('what has alerts of its own, such as a path or a host', undefined, { named: true }).optional(),
    message: text('what is said of it', { named: true }).optional(),
    exec: text('a command for `sh` that reads what is told on its standard input', { named: true }).optional(),
    http: secret('a URL that is sent what is told, as JSON; `${NAME}` stands for a variable of the environment', {
      named: true,
    })
      .checked(urlFault)
      .optional(),
  },
  needs: 'anything',
  gives: (input) => input,
  keeps: true,
  keepsOrigin: true,
  raisesAlarms: true,
  byClock: () => true,
  behaviour: { kind: 'step', create: alerting, exchange: ({ by }) => (by === undefined ? 'whole' : { by }) },
});
