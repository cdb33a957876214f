import { toJson, toText } from '../../base/json.ts';
import { retry } from '../connections/retrying.ts';
import { lambda, text } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { driverFault } from '../drivers/driver.ts';
import { toLine } from '../formats/format.ts';
import { accessOf, accessParameters, warnOfPassword } from '../kafka/access.ts';
import { brokersFault, brokersOf } from '../kafka/address.ts';
import { KAFKA } from '../kafka/driver.ts';
import { KafkaSink } from '../kafka/sink.ts';

/** What Kafka lets a topic be called. */
const TOPIC = /^(?!\.{1,2}$)[\w.-]{1,249}$/;

export const kafka = defineSink({
  name: 'kafka',
  summary: 'Writes the records of each batch to a topic of Kafka',
  synonyms: ['kcat', 'kafkacat', 'topic', 'broker', 'producer', 'publish', 'message queue'],
  docs: [
    'Connects when the run starts, so that a wrong password is told before anything is read. Each batch is written in one transaction, with how far leat has come in the same: so it is there once for all who read what is committed, also where a broker, or a run with `--checkpoint`, is killed and goes on. Input that is one batch is written in parts, of 50,000 records or 4 MB at most.',
    "A text is written as it is, anything else as JSON. `key: .id` gives each record a key, which decides its partition as for Kafka's own producers; those without go to one partition after the other. `value:` says what to write instead of the whole record, where null means that the key is gone, and `headers: {host: .host}` what to say of it.",
    'A topic that is not there is made where the brokers do so by themselves. A record that is larger than the topic takes is a bad record. Brokers that cannot be reached are tried again for `retry:`, and what reads waits; then, and at once where they refuse something, the run ends with exit code 4 and their own words.',
    '`tls: true` encrypts, `user:` and `password:` log in (SASL). How far it is stands under a group `leat-…`, with the id of the transactions.',
  ].join(' '),
  examples: [
    {
      program: 'json | groupBy(.path, {n: count()}) | kafka("localhost:9092", "hits", key: .path)',
      in: '{"path":"/"}',
      out: '',
      notRun: 'it needs a broker',
    },
    {
      program:
        'lines | kafka("broker:9093", "logs", tls: true, user: "app", password: "${KAFKA_PASSWORD}", sasl: "scram-sha-512")',
      in: 'a line',
      out: '',
      notRun: 'it needs a broker',
    },
  ],
  parameters: {
    brokers: text('a broker, `"host:9092"`, or several with commas between; the others are asked of it', {
      apart: true,
    }).checked((brokers) => brokersFault(brokers) ?? driverFault(KAFKA, brokers.length)),
    topic: text('the topic').checked((topic) =>
      TOPIC.test(topic) ? undefined : 'a topic is called by letters, digits, `.`, `_` and `-`, 249 at most',
    ),
    key: lambda('the key of a record: a text as it is, anything else as JSON, none where it is null', undefined, {
      named: true,
    }).optional(),
    value: lambda('what to write instead of the whole record; null means that the key is gone', undefined, {
      named: true,
    }).optional(),
    headers: lambda('an object of headers, texts as they are, a list for one that is there several times', undefined, {
      named: true,
    }).optional(),
    format: text('what a record is written as, where it is not to be a text as it is and anything else as JSON', {
      named: true,
      choices: ['text', 'json'],
    }).optional(),
    compression: text('how records are packed', { named: true, apart: true, choices: ['gzip', 'none'] }).or('gzip'),
    ...accessParameters,
    retry,
  },
  promise: 'exact',
  create({ brokers, topic, key, value, headers, format, compression, retry, ...access }, context, from) {
    warnOfPassword(access, (message) => context.note(message));
    const all = brokersOf(brokers);
    return new KafkaSink({
      brokers: all,
      topic,
      called: `${topic} of ${all.join(', ')}`,
      access: () => accessOf(access, 4),
      key: key?.call,
      value: value?.call,
      headers: headers?.call,
      toText: format === 'json' ? toJson : format === 'text' ? toLine : toText,
      packing: compression === 'none' ? 'none' : 'gzip',
      retry,
      context,
      from,
    });
  },
});
