import { isIP, isIPv4, isIPv6 } from 'node:net';
import { readDuration } from '../../base/duration-text.ts';
import { JsonError, parseJson } from '../../base/json.ts';
import { readNumber } from '../../base/number-text.ts';
import { parseSize } from '../../base/size.ts';
import { BOOLEAN, NUMBER, STRING, TIME, type Type, UNKNOWN } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';

/** What a named pattern takes, and what a value its text becomes. */
export interface NamedPattern {
  /** The source of a regular expression, without groups that capture. */
  readonly source: string;
  readonly type: Type;
  /** What it stands for, in a few words, or some text that it takes. */
  readonly docs: string;
  /** The value of a text that was taken; undefined where there is none. Absent where that is the text itself. */
  readonly read?: (text: string) => Value | undefined;
}

// These take more than there is, so that a line is matched in a time that grows with its length alone, without a watch (see cost.ts); which of it
// is an address is asked afterwards.
const IPV4 = '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}';
const IPV6 = '[\\da-fA-F]{0,4}:[\\da-fA-F:.]+(?:%\\w+)?';
const HOST = '\\w(?:[\\w-]|\\.(?=\\w))*';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*';
const CLOCK = '\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?';
const ZONE = '(?: ?(?:Z\\b|[+-]\\d{2}:?\\d{2}\\b|[A-Z]{3,4}\\b))?';
const DATE = '\\d{4}[-/]\\d{2}[-/]\\d{2}';
const HTTP_DATE = `\\d{2}/${MONTH}/\\d{4}:\\d{2}:\\d{2}:\\d{2}(?: [+-]\\d{4})?`;
const SYSLOG = `${MONTH} +\\d{1,2} ${CLOCK}`;
const TIMES = [
  `${DATE}[T ]${CLOCK}${ZONE}`,
  '\\d{8}T\\d{6}(?:[.,]\\d+)?Z?',
  HTTP_DATE,
  `(?:${DAY},? )?\\d{1,2}[ -]${MONTH}[ -]\\d{2,4} ${CLOCK}${ZONE}`,
  `(?:${DAY} )?${MONTH} +\\d{1,2} ${CLOCK}(?: [A-Z]{3,4})?(?: \\d{4}\\b)?`,
  DATE,
  '\\d{19}\\b|\\d{16}\\b|\\d{13}\\b|\\d{9,10}(?:[.,]\\d+)?\\b',
].join('|');
const UNIT =
  '(?:ns|[uµμ]s|ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-zµμ])';
const DURATION = `[+-]?\\d+(?:[.,]\\d+)? ?${UNIT}(?:\\d+(?:[.,]\\d+)?${UNIT})*`;
const DECIMAL = '[+-]?(?:\\d+(?:\\.\\d+)?|\\.\\d+)(?:[eE][+-]?\\d+)?';

/** Also of what JSON does not spell so: `+5`, `.5`, `007`. */
function number(text: string): Value | undefined {
  const spelt = readNumber(text.startsWith('+') ? text.slice(1) : text);
  if (spelt !== undefined) return spelt;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const text = (source: string, docs: string): NamedPattern => ({ source, type: STRING, docs });
const numeric = (source: string, docs: string, read = number): NamedPattern => ({ source, type: NUMBER, docs, read });
const address = (source: string, docs: string, isOne: (found: string) => boolean): NamedPattern => ({
  ...text(source, docs),
  read: (found) => (isOne(found) ? found : undefined),
});
/** `read` is that of the reader of times: it knows the zone. */
const time = (source: string, docs: string): NamedPattern => ({ source, type: TIME, docs });

const PATTERNS: { readonly [name: string]: NamedPattern } = {
  any: text('.*?', 'as little as fits'),
  rest: text('.*', 'as much as fits'),
  message: text('.*', 'the same'),
  word: text('\\w+', 'letters, digits and _'),
  token: text('\\S+', 'up to the next blank'),
  name: text('[\\w.-]+', 'a word that may have dots and dashes'),
  quoted: {
    source: '"(?:[^"\\\\]|\\\\.)*"|\'(?:[^\'\\\\]|\\\\.)*\'',
    type: STRING,
    docs: 'a text in quotes, without them',
    read: (found) => found.slice(1, -1).replace(/\\(["'\\])/g, '$1'),
  },
  hex: text('(?:0[xX])?[\\da-fA-F]+', '0x1f, 9be3'),
  int: numeric('[+-]?\\d+', '12, -3, 007'),
  number: numeric(DECIMAL, '1.5, -2e3, .5'),
  percent: numeric(`${DECIMAL}%`, '12.5%', (found) => number(found.slice(0, -1))),
  bytes: numeric('\\d+(?:\\.\\d+)? ?(?:[kKmMgGtT]i?)?[bB]?', '12kb, 1.5 MiB, 300', bytesOf),
  duration: numeric(DURATION, '250ms, 1h30m; in ms', readDuration),
  boolean: {
    source: '[tT]rue|TRUE|[fF]alse|FALSE|[yY]es|YES|[nN]o|NO',
    type: BOOLEAN,
    docs: 'true, no',
    read: (found) => /^[ty]/i.test(found),
  },
  json: { source: '\\{.*\\}|\\[.*\\]', type: UNKNOWN, docs: 'an object or list', read: jsonOf },
  // Called rather than handed on: to look at a function of `net` is to load it, at each start.
  ip: address(`${IPV4}|${IPV6}`, 'of version 4 or 6', (found) => isIP(found) !== 0),
  ipv4: address(IPV4, '10.0.0.1', (found) => isIPv4(found)),
  ipv6: address(IPV6, '::1', (found) => isIPv6(found)),
  cidr: address(`(?:${IPV4}|${IPV6})/\\d{1,3}`, '10.0.0.0/8', isNetwork),
  host: text(HOST, 'www.example.org'),
  address: text(`(?:\\[${IPV6}\\]|${HOST}):\\d{1,5}`, 'host:port'),
  port: numeric('\\d{1,5}', '8080'),
  mac: text('[\\da-fA-F]{2}(?:[:-][\\da-fA-F]{2}){5}', '00:1b:44:11:3a:b7'),
  url: text('[a-zA-Z][a-zA-Z\\d+.-]*://\\S+', 'https://example.org/a?b=c'),
  path: text('/\\S*', '/var/log, /api/v1?x=1'),
  query: text('\\?\\S*', '?a=1&b=2'),
  email: text(`[\\w.!#$%&*+/=?^{|}~-]+@${HOST}`, 'ann@example.org'),
  user: text('[\\w.@$+-]+', 'ann, DOMAIN$, a@b'),
  timestamp: time(TIMES, 'any form that time() reads, in ms'),
  iso8601: time(`${DATE}[T ]${CLOCK}${ZONE}`, '2026-01-31T10:00:05Z'),
  date: time(DATE, '2026-01-31'),
  clock: text(CLOCK, '10:00:05.123'),
  httpdate: time(HTTP_DATE, '31/Jan/2026:10:00:05 +0100'),
  syslog: time(SYSLOG, 'Jan 31 10:00:05'),
  epoch: time('\\d{9,19}(?:[.,]\\d+)?', '1769853605.123'),
  month: text(MONTH, 'Jan, January'),
  day: text(DAY, 'Mon, Monday'),
  level: text(
    '(?:[tT]race|TRACE|[dD]ebug|DEBUG|[iI]nfo|INFO|[nN]otice|NOTICE|[wW]arn(?:ing)?|WARN(?:ING)?|[eE]rr(?:or)?|ERR(?:OR)?|[cC]rit(?:ical)?|CRIT(?:ICAL)?|[fF]atal|FATAL|[sS]evere|SEVERE|[aA]lert|ALERT|[eE]merg(?:ency)?|EMERG(?:ENCY)?)\\b',
    'INFO, warning, err',
  ),
  method: text('[A-Z]{3,10}', 'GET'),
  protocol: text('[A-Z]{3,6}/\\d(?:\\.\\d)?', 'HTTP/1.1'),
  status: numeric('\\d{3}', '404'),
  pid: numeric('\\d{1,10}', '1234'),
  program: text('[^\\s\\[\\]:]+', 'sshd, postfix/smtpd'),
  class: text('[a-zA-Z_$](?:[\\w$]|\\.(?=[a-zA-Z_$]))*', 'org.example.Main'),
  file: text('[^\\s:]+\\.\\w+', 'Main.java'),
  version: text('v?\\d+(?:\\.\\d+)+(?:[-+][\\w.+-]+)?', '1.10.2-rc1'),
  uuid: text('[\\da-fA-F]{8}(?:-[\\da-fA-F]{4}){3}-[\\da-fA-F]{12}', '123e4567-e89b-12d3-a456-426614174000'),
};

/** What may stand in `{name:field}`, in the order of help. */
export const namedPatterns: ReadonlyMap<string, NamedPattern> = new Map(Object.entries(PATTERNS));

function isNetwork(found: string): boolean {
  const [start, length] = found.split('/');
  return isIP(start!) !== 0 && Number(length) <= (isIPv4(start!) ? 32 : 128);
}

/** What grok calls them where that is not the same in capitals. */
export const grokNames: ReadonlyMap<string, string> = new Map([
  ['DATA', 'any'],
  ['GREEDYDATA', 'rest'],
  ['NOTSPACE', 'token'],
  ['QS', 'quoted'],
  ['QUOTEDSTRING', 'quoted'],
  ['BASE16NUM', 'hex'],
  ['POSINT', 'int'],
  ['NONNEGINT', 'int'],
  ['IPORHOST', 'host'],
  ['HOSTNAME', 'host'],
  ['HOSTPORT', 'address'],
  ['URI', 'url'],
  ['URIPATH', 'path'],
  ['URIPATHPARAM', 'path'],
  ['UNIXPATH', 'path'],
  ['EMAILADDRESS', 'email'],
  ['USERNAME', 'user'],
  ['TIMESTAMP_ISO8601', 'iso8601'],
  ['SYSLOGTIMESTAMP', 'syslog'],
  ['TIME', 'clock'],
  ['LOGLEVEL', 'level'],
  ['PROG', 'program'],
  ['JAVACLASS', 'class'],
  ['JAVAFILE', 'file'],
]);

/** Of `12kb` and `1.5 MiB`, by powers of 1024; of a number alone that itself. */
function bytesOf(found: string): Value | undefined {
  const compact = found.replace(/[ iI]/g, '');
  if (/\d$/.test(compact)) return number(compact);
  return parseSize(/b$/i.test(compact) ? compact : `${compact}b`);
}

function jsonOf(found: string): Value | undefined {
  try {
    return parseJson(found);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
