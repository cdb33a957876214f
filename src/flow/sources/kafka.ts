import { parseTime } from '../../base/time.ts';
import { STRING } from '../../base/type.ts';
import { type Bound, flag, optionalFlag, size, text, textOrPattern } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { driverFault } from '../drivers/driver.ts';
import { accessOf, accessParameters, warnOfPassword } from '../kafka/access.ts';
import { brokersFault } from '../kafka/address.ts';
import type { KafkaArguments, Place } from '../kafka/arguments.ts';
import { KAFKA } from '../kafka/driver.ts';
import { TAGGED } from '../kafka/outlet.ts';
import { partitionInWords } from '../kafka/partition.ts';
import { rangesOf, readRanges } from '../kafka/ranges.ts';
import { KafkaReading } from '../kafka/reading.ts';

/** `"start"`, `"end"`, or a time. */
function placeOf(text: string): Place | undefined {
  return text === 'start' || text === 'end' ? text : parseTime(text);
}

const placeFault = (text: string) =>
  placeOf(text) === undefined ? 'it is `"start"`, `"end"` or a time, as in `"2026-11-26T08:00:00Z"`' : undefined;

/** What is said of a reading in the program. */
type Arguments = Omit<KafkaArguments, 'from' | 'until' | 'wait' | 'access' | 'ends'> &
  Bound<typeof accessParameters> & {
    readonly from: string;
    readonly until: string | undefined;
    readonly wait: boolean | undefined;
  };

function readingOf({ from, until, wait, ...args }: Arguments): KafkaArguments {
  const places = { from: placeOf(from)!, until: until === undefined ? undefined : placeOf(until) };
  return { ...args, ...places, wait: wait ?? true, access: () => accessOf(args, 3) };
}

export const kafka = defineSource({
  name: 'kafka',
  summary: 'The records of a topic of Kafka, or of several',
  synonyms: ['kcat', 'kafkacat', 'topic', 'broker', 'message queue'],
  docs: [
    'Reads all partitions of a topic, or of those whose names match an expression, from the end of what is there, or with `from: "start"` all of it, or from a time on; with `until:` or `--once` it ends.',
    'A record of Kafka is a record, usually a line for a parser: `kafka("localhost:9092", "requests") | json`. What was not committed is not read. Partitions and topics that come later are read from their start; their order counts within a partition only.',
    'It reads as no member of a group, so that nothing else is disturbed, and with `--checkpoint` goes on exactly where it was. `group:` names a group that is told every 5 s how far was read, for those who watch its lag; without a checkpoint it goes on where the group was.',
    'What the broker deleted before it was read is told with its place. A batch of records that is damaged, or unpacks to more than `maxBatch:`, is a bad record. Without a broker it waits; with `wait: false` that is a failure (exit 3).',
    '`tag: true` gives `{source, topic, partition, offset, key, time, headers, line}`: key, headers and line as texts, `time` in ms.',
  ].join(' '),
  examples: [
    {
      program: 'kafka("localhost:9092", "requests") | json | countBy(.path) | running',
      notRun: 'it needs a broker',
      in: '{"path":"/"}',
      out: '/\t1',
    },
    {
      program: 'kafka("localhost:9092", "requests", from: "start", until: "end", tag: true) | countBy(.partition)',
      notRun: 'it needs a broker',
      out: '0\t1',
    },
  ],
  parameters: {
    brokers: text('a broker, `"host:9092"`, or several with commas between; the others are asked of it', {
      apart: true,
    }).checked((brokers) => brokersFault(brokers) ?? driverFault(KAFKA, brokers.length)),
    topic: textOrPattern('the topic, or an expression that matches the names of topics whole or in part'),
    from: text('where to begin: `"start"`, `"end"`, or a time', { named: true, apart: true })
      .checked(placeFault)
      .or('end'),
    until: text('where to end: what is there at the start (`"end"`), or a time', { named: true })
      .checked(placeFault)
      .optional(),
    group: text('a group of consumers that is told how far was read', { named: true, apart: true }).optional(),
    wait: optionalFlag(
      'whether to wait for a broker or topic that is not there at the start, which it does unless told otherwise',
    ),
    maxBatch: size('the most bytes that a batch of records unpacks to; one with more is bad', { named: true }).or(
      64 * 1024 * 1024,
    ),
    ...accessParameters,
    tag: flag('gives `{source, topic, partition, offset, key, time, headers, line}` instead of the line alone'),
  },
  gives: ({ tag }) => (tag ? TAGGED : STRING),
  origins: 'partition',
  splitInWords: partitionInWords,
  behaviour: ({ until, group }, { given }) => {
    if (given !== undefined) {
      return { kind: 'bounded', wholes: true, open: (args, context) => readRanges(readingOf(args), given, context) };
    }
    return {
      kind: until === undefined ? 'live' : 'bounded',
      replayable: true,
      // A group is told how far one process was.
      ...(until === undefined && group === undefined ? { dealt: () => ({ kind: 'ranges' }) } : {}),
      open(args, context, position) {
        warnOfPassword(args, (message) => context.note(message));
        const reading = new KafkaReading(readingOf(args), context, position);
        return { run: () => reading.run(), ranges: rangesOf(reading) };
      },
    };
  },
});
