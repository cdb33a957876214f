import { STRING, TIME, UNKNOWN, wholeObject } from '../../base/type.ts';
import { UTC, zoneNamed } from '../../base/zone.ts';
import { defineStage } from '../define/stage.ts';
import { textOf } from '../parsing/field-types.ts';
import { parseSyslog } from '../parsing/syslog-lines.ts';
import { zoneOfTimes } from '../windows/parameters.ts';

export const syslog = defineStage({
  name: 'syslog',
  group: 'parser',
  summary: 'Lines of syslog, as they come over the network or stand in files',
  synonyms: ['rsyslog', '/var/log', 'rfc 5424', 'rfc 3164', 'journal'],
  docs:
    'Gives an object with facility and severity (`authpriv`, `err`), time (ms since the epoch), host, app, pid, msgid, data and message; what a line does not say is null. Reads RFC 5424, whose structured data becomes an object of ' +
    'objects, RFC 3164, and the lines of `/var/log/syslog`, which have no priority and so no facility and severity. A time without a year is that nearest to now; one without a zone is in ' +
    '`zone:`, UTC unless given. A pid that is a number is one. A line with neither a priority nor a time in front is bad; a blank line gives nothing. With a port, as `syslog(5514)`, it is the source.',
  examples: [
    {
      program: 'syslog | pick(.severity, .host, .app, .pid, .message)',
      in: "<34>Oct 11 22:14:15 mymachine su[12]: 'su root' failed",
      out: '{"severity":"crit","host":"mymachine","app":"su","pid":12,"message":"\'su root\' failed"}',
    },
    {
      program: 'syslog | countBy(.app)',
      in: 'Mar  6 10:00:01 web1 sshd[812]: Accepted\nMar  6 10:00:02 web1 cron: done',
      out: 'sshd\t1\ncron\t1',
    },
  ],
  parameters: { zone: zoneOfTimes() },
  needs: 'text',
  gives: () =>
    wholeObject({
      facility: STRING,
      severity: STRING,
      time: TIME,
      host: STRING,
      app: STRING,
      pid: UNKNOWN,
      msgid: STRING,
      data: UNKNOWN,
      message: STRING,
    }),
  behaviour: {
    kind: 'record',
    create({ zone }, run) {
      const reading = { zone: (zone === undefined ? undefined : zoneNamed(zone)) ?? UTC, now: () => run.now() };
      return (record, emit) => {
        const line = textOf(record);
        if (line.trim() !== '') emit({ ...parseSyslog(line, reading) });
      };
    },
  },
});
