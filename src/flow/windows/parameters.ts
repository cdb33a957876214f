import { zoneNamed } from '../../base/zone.ts';
import { zoneHint } from '../../base/zone-names.ts';
import { duration, filePath, lambda, text } from '../define/parameters.ts';

/** The parameters that window words share. */

const wholeMs = (ms: number) => (Number.isInteger(ms) ? undefined : 'windows are measured in whole milliseconds');

export const length = (docs = 'how much a window holds') => duration(docs).checked(wholeMs);

export const slide = (docs = 'how often a window comes out; with every batch unless given') =>
  duration(docs).checked(wholeMs).optional();

/** A zone, `"Europe/Berlin"` or `"+02:00"`. */
export const zoneOf = (docs: string, settings: { readonly with?: string } = {}) =>
  text(`${docs}, \`"Europe/Berlin"\` or \`"+02:00"\`; UTC unless given`, { named: true, ...settings })
    .checked((name) =>
      zoneNamed(name) === undefined ? `there is no time zone "${name}"; ${zoneHint(name)}` : undefined,
    )
    .optional();

/** The zone of times that say none. */
export const zoneOfTimes = (settings: { readonly with?: string } = {}) =>
  zoneOf('the zone of times that say none', settings);

/** That of event times. */
export const zone = zoneOfTimes({ with: 'on' });

/** What event time needs beside `on`, and what means nothing without it. */
export const eventTime = {
  late: duration(
    'how far behind the highest event time of its file or client a record may be; 0, or over files alone any',
    {
      named: true,
      with: 'on',
      orZero: true,
    },
  ).optional(),
  idle: duration('after how long a file or client without records holds nothing back', { named: true, with: 'on' }).or(
    10_000,
  ),
  future: duration('how far ahead of the clock an event time may be', { named: true, with: 'on' }).or(3_600_000),
  lateTo: filePath('a file for the records that came too late, one JSON value a line', {
    named: true,
    with: 'on',
    apart: true,
  }).optional(),
  zone,
};

export const on = lambda('the event time of a record: a number, or a text that `time` reads', (input) => [input], {
  named: true,
}).optional();
