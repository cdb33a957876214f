import { DAY, daysOfMonth, daysSinceEpoch } from '../../base/calendar.ts';
import { parseNumber } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { NUMBER, STRING, TIME, wholeObject } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { clfFields } from '../bytes/clf-fields.ts';
import { defineStage } from '../define/stage.ts';
import { textOf } from '../parsing/field-types.ts';

// Apache's "Common Log Format" and "Combined": %h %l %u %t "%r" %>s %b ["%{Referer}i" "%{User-agent}i"]. Further fields that a server was
// told to add are passed over. A user name may hold blanks, but only behind an identity that is not known, as it hardly ever is, and no dash of
// its own: else it is made of what stands in front of host, identity and user, such as the prefix of a syslog line, or the host of Apache's
// vhost_combined. Quotes in quotes are escaped by a backslash.
const QUOTED = String.raw`"([^"\\]*(?:\\.[^"\\]*)*)"`;
const USER = String.raw`(?:\S+ (\S+)|- ((?!- )(?:(?! - ).)+?)(?<! -))`;
const REST = `(?: ${QUOTED} ${QUOTED}(?: .*)?| ${QUOTED}(?: [^"].*)?| [^"].*)?`;
const LINE = new RegExp(String.raw`^(\S+) ${USER} \[([^\]]{26})\] ${QUOTED} (\d{3}|-) (\d+|-)${REST}$`, 's');
/** What may be a request behind anything else. */
const WITH_PREFIX = /^.+ \S+ \S+ \S+ \[[^\]]{26}\] "/s;
const CLOCK = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;
const REQUEST = /^([A-Za-z-]+) (.*?)(?: (HTTP\/[\d.]+))?$/s;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** ms since the epoch of `10/Oct/2000:13:55:36 -0700`; undefined if there is no such time. */
export function parseClfTime(text: string): number | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const [day, year, hour, minute, second, offsetHours, offsetMinutes] = [1, 3, 4, 5, 6, 8, 9].map((i) =>
    Number(match[i]),
  );
  const month = MONTHS.indexOf(match[2]!) + 1;
  if (!(day! >= 1 && day! <= daysOfMonth(month, year!))) return undefined;
  // 60 is a leap second.
  if (hour! > 23 || minute! > 59 || second! > 60 || offsetMinutes! > 59) return undefined;
  const offset = (offsetHours! * 60 + offsetMinutes!) * (match[7] === '-' ? -60_000 : 60_000);
  return daysSinceEpoch(year!, month, day!) * DAY + ((hour! * 60 + minute!) * 60 + second!) * 1000 - offset;
}

/** A field as text: `-` is null, and a quote or backslash behind a backslash is itself. */
function textField(text: string | undefined): string | null {
  if (text === undefined || text === '-' || text === '') return null;
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text;
}

function numberField(text: string): Value {
  return text === '-' ? null : (parseNumber(text) ?? Number(text));
}

/** Says what is in the way where a line would be one but for what stands in front. */
function prefixOf(line: string): string | undefined {
  return WITH_PREFIX.test(line)
    ? 'words stand before host, identity and user; cut them off: map(_.replace(/^.*?: /, "")) | clf'
    : undefined;
}

/** The fields of one line. @throws BadRecord */
export function parseClf(line: string): Value {
  const match = LINE.exec(line);
  if (match === null) throw new BadRecord('not a line of the common log format', prefixOf(line));
  const [, host, word, words, stamp, rawRequest, status, bytes, referrer, agent] = match;
  const time = parseClfTime(stamp!);
  if (time === undefined) throw new BadRecord('not a line of the common log format', `no time: ${stamp}`);
  const request = textField(rawRequest);
  const [, method, path, protocol] = REQUEST.exec(request ?? '') ?? [undefined, null, request];
  return {
    host: textField(host),
    user: textField(word ?? words),
    time,
    method: method ?? null,
    path: path ?? null,
    protocol: protocol ?? null,
    status: numberField(status!),
    bytes: numberField(bytes!),
    referrer: textField(referrer),
    agent: textField(agent),
  };
}

export const clf = defineStage({
  name: 'clf',
  group: 'parser',
  summary: 'Lines of web server logs, in the common or combined log format',
  synonyms: ['apache', 'nginx', 'access log'],
  docs:
    'Gives an object with host, user, time (ms since the epoch), method, path, protocol, status, bytes, referrer and agent. `-` is null, and so are referrer ' +
    'and agent in the common format. Of a request that is not `METHOD path protocol` all the text is the path. In quotes, `\\"` and `\\\\` stand for ' +
    'a quote and a backslash; other escapes stay as they are. Fields that a server adds at the end are passed over, which is told once; any other line is bad, also one with words in front of the host. A blank line gives nothing.',
  examples: [
    {
      program: 'clf | map({host: .host, path: .path, status: .status, bytes: .bytes})',
      in: '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326',
      out: '{"host":"127.0.0.1","path":"/a.gif","status":200,"bytes":2326}',
    },
  ],
  parameters: {},
  needs: 'text',
  gives: () =>
    wholeObject({
      host: STRING,
      user: STRING,
      time: TIME,
      method: STRING,
      path: STRING,
      protocol: STRING,
      status: NUMBER,
      bytes: NUMBER,
      referrer: STRING,
      agent: STRING,
    }),
  behaviour: {
    kind: 'record',
    create: () => (record, emit) => {
      const line = textOf(record);
      if (line.trim() !== '') emit(parseClf(line));
    },
  },
  faster: { fields: () => clfFields },
});
