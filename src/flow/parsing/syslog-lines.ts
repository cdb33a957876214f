import { BadRecord } from '../../base/problem.ts';
import { parseTime } from '../../base/time.ts';
import { type NewFields, setField, type Value } from '../../base/value.ts';
import type { Zone } from '../../base/zone.ts';

/** The names of the numbers of RFC 5424, section 6.2.1, as syslog.h and rsyslog have them. */
const FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['ntp', 'audit', 'alert', 'clock', 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
];
const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];

/** What a message of syslog says of itself. */
interface SyslogMessage {
  readonly facility: string | null;
  readonly severity: string | null;
  /** ms since the epoch. */
  readonly time: number | null;
  readonly host: string | null;
  readonly app: string | null;
  /** A number where it is one. */
  readonly pid: number | string | null;
  readonly msgid: string | null;
  /** Structured data: an object of objects. */
  readonly data: Value;
  readonly message: string | null;
}

/** How times are read that say no zone, or no year. */
interface Reading {
  readonly zone: Zone;
  readonly now: () => number;
}

const PRIORITY = /^<(\d{1,3})>/;
/** RFC 5424, section 6: version, time, host, app, process, kind of message. */
const HEADER = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) ?/;
/** RFC 3164, with the year that some add; and ISO 8601, as rsyslog writes it. */
const STAMP =
  /^(?:([A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d{1,2}:\d{2}:\d{2}(?:\.\d+)?)|(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?)):? +/;
/** Who says it: `sshd[812]:`, `kernel:`. The blank behind the colon is none of what is said. */
const TAG = /^([^\s[\]:]+)(?:\[([^\]\s]*)\])?:(?: |$)/;
const HOST = /^(\S+) +/;

/**
 * A line of syslog: RFC 5424, RFC 3164, or as it stands in files (`/var/log/syslog`), where there is no priority. What says nothing of itself but
 * its priority is all message, as RFC 3164 has it.
 *
 * @throws BadRecord where there is neither a priority nor a time.
 */
export function parseSyslog(line: string, reading: Reading): SyslogMessage {
  const priority = PRIORITY.exec(line);
  const number = priority === null ? undefined : Number(priority[1]);
  if (number !== undefined && number > 191) throw new BadRecord('not a line of syslog', `no priority: <${number}>`);
  const ranks = {
    facility: number === undefined ? null : FACILITIES[number >> 3]!,
    severity: number === undefined ? null : SEVERITIES[number & 7]!,
  };
  const rest = priority === null ? line : line.slice(priority[0].length);
  const header = priority === null ? null : HEADER.exec(rest);
  if (header !== null) return { ...ranks, ...structured(header, rest.slice(header[0].length), reading) };
  const plain = traditional(rest, reading);
  if (plain.time === null && number === undefined)
    throw new BadRecord('not a line of syslog', 'neither <priority> nor a time in front');
  return { ...ranks, ...plain };
}

type Unranked = Omit<SyslogMessage, 'facility' | 'severity'>;

function structured(header: RegExpExecArray, rest: string, reading: Reading): Unranked {
  const [, stamp, host, app, pid, msgid] = header as unknown as string[];
  const time = stamp === '-' ? null : parseTime(stamp!, reading);
  if (time === undefined) throw new BadRecord('not a line of syslog', `no time: ${stamp}`);
  const { data, end } = structuredData(rest);
  // The mark says that it is UTF-8, which everything is here.
  const message = rest.slice(end).replace(/^ \ufeff?/, '');
  return {
    time,
    host: orNull(host!),
    app: orNull(app!),
    pid: pidOf(orNull(pid!)),
    msgid: orNull(msgid!),
    data,
    message: end >= rest.length ? null : message,
  };
}

function traditional(rest: string, reading: Reading): Unranked {
  const none = { time: null, host: null, app: null, pid: null, msgid: null, data: null, message: rest };
  const stamp = STAMP.exec(rest);
  const time = stamp === null ? undefined : parseTime((stamp[1] ?? stamp[2])!.replace(/ +/g, ' '), reading);
  if (stamp === null || time === undefined) return none;
  const behind = rest.slice(stamp[0].length);
  // What a program says to its own machine has no host.
  const host = TAG.test(behind) ? null : HOST.exec(behind);
  const said = host === null ? behind : behind.slice(host[0].length);
  const tag = TAG.exec(said);
  return {
    ...none,
    time,
    host: host?.[1] ?? null,
    app: tag?.[1] ?? null,
    pid: pidOf(tag?.[2] ?? null),
    message: tag === null ? said : said.slice(tag[0].length),
  };
}

function orNull(text: string): string | null {
  return text === '-' ? null : text;
}

function pidOf(text: string | null): number | string | null {
  return text !== null && /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text === '' ? null : text;
}

const ELEMENT = /\[([^\s=\]"]+)((?: [^\s=\]"]+="(?:[^"\\\]]|\\.)*")*)\]/y;
const PARAMETER = / ([^\s=\]"]+)="((?:[^"\\\]]|\\.)*)"/gs;

/** RFC 5424, section 6.3. A name that comes more than once has a list of its values. @returns where the message begins. */
function structuredData(text: string): { readonly data: Value; readonly end: number } {
  if (text === '' || text === '-' || text.startsWith('- ')) return { data: null, end: Math.min(1, text.length) };
  const data: NewFields = {};
  let end = 0;
  for (;;) {
    ELEMENT.lastIndex = end;
    const element = ELEMENT.exec(text);
    if (element === null) break;
    end = ELEMENT.lastIndex;
    setField(data, element[1]!, parameters(element[2]!));
  }
  if (end === 0 || (end < text.length && text[end] !== ' '))
    throw new BadRecord('not a line of syslog', 'its structured data is none');
  return { data, end };
}

function parameters(text: string): Value {
  const values = new Map<string, string[]>();
  for (const [, name, value] of text.matchAll(PARAMETER)) {
    const plain = value!.replace(/\\(["\\\]])/g, '$1');
    values.set(name!, [...(values.get(name!) ?? []), plain]);
  }
  const fields: NewFields = {};
  for (const [name, all] of values) setField(fields, name, all.length === 1 ? all[0]! : all);
  return fields;
}
