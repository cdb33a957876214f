import { parseNumber } from '../../base/json.ts';
import { BadRecord } from '../../base/problem.ts';
import { NUMBER, objectOf, STRING } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { clfFields } from '../batch/kernel/clf-fields.ts';
import { defineStage } from '../define.ts';
import { textOf } from './parsing.ts';

// Apache's "Common Log Format" and "Combined": %h %l %u %t "%r" %>s %b ["%{Referer}i" "%{User-agent}i"]. Further fields that a server was
// told to add are passed over. A user name may hold blanks, but one that starts with `- ` is the rest of a line with a field too many in
// front, such as Apache's vhost_combined. Quotes in quotes are escaped by a backslash.
const QUOTED = String.raw`"([^"\\]*(?:\\.[^"\\]*)*)"`;
const LINE = new RegExp(
  String.raw`^(\S+) \S+ (?!- (?!\[))(.+?) \[([^\]]{26})\] ${QUOTED} (\d{3}|-) (\d+|-)(?: ${QUOTED} ${QUOTED}(?: .*)?|(?: [^"].*)?)$`,
  's',
);
const TIME = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;
const REQUEST = /^([A-Za-z-]+) (.*?)(?: (HTTP\/[\d.]+))?$/s;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** ms since the epoch of `10/Oct/2000:13:55:36 -0700`; undefined if there is no such time. */
export function parseClfTime(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [day, year, hour, minute, second, offsetHours, offsetMinutes] = [1, 3, 4, 5, 6, 8, 9].map((i) =>
    Number(match[i]),
  );
  const month = MONTHS.indexOf(match[2]!);
  // 60 is a leap second.
  if (month < 0 || hour! > 23 || minute! > 59 || second! > 60 || offsetMinutes! > 59) return undefined;
  const date = Date.UTC(year!, month, day!);
  // Date.UTC carries 31 February over into March.
  if (new Date(date).getUTCDate() !== day) return undefined;
  const offset = (offsetHours! * 60 + offsetMinutes!) * (match[7] === '-' ? -60_000 : 60_000);
  return date + ((hour! * 60 + minute!) * 60 + second!) * 1000 - offset;
}

/** A field as text: `-` is null, and a quote or backslash behind a backslash is itself. */
function textField(text: string | undefined): string | null {
  if (text === undefined || text === '-' || text === '') return null;
  return text.includes('\\') ? text.replace(/\\(["\\])/g, '$1') : text;
}

function numberField(text: string): Value {
  return text === '-' ? null : (parseNumber(text) ?? Number(text));
}

/** The fields of one line. @throws BadRecord */
export function parseClf(line: string): Value {
  const match = LINE.exec(line);
  if (match === null) throw new BadRecord('not a line of the common log format');
  const [, host, user, stamp, rawRequest, status, bytes, referrer, agent] = match;
  const time = parseClfTime(stamp!);
  if (time === undefined) throw new BadRecord('not a line of the common log format', `no time: ${stamp}`);
  const request = textField(rawRequest);
  const [, method, path, protocol] = REQUEST.exec(request ?? '') ?? [undefined, null, request];
  return {
    host: textField(host),
    user: textField(user),
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
    'a quote and a backslash; other escapes stay as they are. Fields that a server adds at the end are passed over; any other line is bad.',
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
    objectOf({
      host: STRING,
      user: STRING,
      time: NUMBER,
      method: STRING,
      path: STRING,
      protocol: STRING,
      status: NUMBER,
      bytes: NUMBER,
      referrer: STRING,
      agent: STRING,
    }),
  behaviour: { kind: 'record', create: () => (record, emit) => emit(parseClf(textOf(record))) },
  projects: clfFields,
  spark: { unsupported: 'there is no reader for it; say the fields with regexp_extract' },
});
