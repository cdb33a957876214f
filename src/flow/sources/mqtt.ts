import { BOOLEAN, STRING } from '../../base/type.ts';
import { addressOf, brokerSecrets, brokerTls, brokerUrl } from '../brokers/address.ts';
import { hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import { flag, optionalFlag, size, text, whole } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';
import { textType } from '../framing/text.ts';
import { receive } from '../input/receiving.ts';
import { MQTT } from '../mqtt/client.ts';
import { isTopicPattern } from '../mqtt/names.ts';
import { readTopic } from '../mqtt/topic-reading.ts';
import { countedFramer } from '../sockets/counted.ts';

const AWAY = 'what is published while leat is not connected is lost: by `client: "name"` the server keeps it';

export const mqtt = defineSource({
  name: 'mqtt',
  summary: 'What is published to a topic of MQTT, or to several',
  synonyms: ['mosquitto', 'iot', 'sensor', 'topic', 'subscribe', 'message queue', 'broker'],
  docs: [
    'Reads a topic, or those that a pattern matches (`"sensors/+/temperature"`, `"sensors/#"`). A message is a record, usually a line for a parser: `mqtt("mqtt://localhost", "sensors/#") | json`.',
    'A message is acknowledged when it was taken, with `--checkpoint` when it is on the disk, so that nothing is lost; one whose acknowledgment was lost may be there twice. With `client: "name"` the server keeps what is published while leat is not connected, under that name, which no other client may have; without it that is lost. `qos: 0` acknowledges nothing.',
    'Where the program cannot keep up, the server is made to wait. Without a server it waits; with `wait: false` that is a failure (exit 3).',
    'With `tag: true` a record has its topic, and whether the server had kept the message for who comes later.',
  ].join(' '),
  examples: [
    {
      program:
        'mqtt("mqtt://localhost", "sensors/#", client: "averages") | json | groupBy(.room, {mean: avg(.celsius)}) | window(1m)',
      notRun: 'it needs a server',
      out: '{"room":"a","mean":21.5}',
    },
    {
      program: 'mqtt("mqtts://app:${MQTT_PASSWORD}@broker", "sensors/+/temperature", tag: true) | countBy(.topic)',
      notRun: 'it needs a server',
      out: 'sensors/a/temperature\t1',
    },
  ],
  parameters: {
    url: brokerUrl(MQTT),
    topic: text('the topic, or a pattern: `+` stands for one level, `#` for all others at the end').checked((topic) =>
      isTopicPattern(topic)
        ? undefined
        : 'it is levels with slashes between, `+` for any, `#` for all others at the end',
    ),
    client: text('under which name the server keeps what is published while leat is not connected', {
      named: true,
      apart: true,
    }).optional(),
    qos: whole('whether messages are acknowledged: 1, or 0', { named: true, most: 1 }).or(1),
    wait: optionalFlag(
      'whether to wait for a server that is not there at the start, which it does unless told otherwise',
    ),
    maxLine: size('the most bytes of a message; a longer one is bad', { named: true }).or(1024 * 1024),
    ...brokerTls,
    tag: flag('gives `{source, line, topic, retained}` instead of the line alone'),
  },
  gives: (args) => textType(args, { topic: STRING, retained: BOOLEAN }),
  behaviour: () => ({
    kind: 'live',
    endless: 'a server of MQTT does not say how much it has',
    replayable: false,
    received: true,
    open(args, context) {
      const { url, topic, client, qos } = args;
      if (hasOpenPassword(url)) context.note(OPEN_PASSWORD);
      const framer = countedFramer(args, context);
      const wait = args.wait ?? true;
      const reading = { ...args, address: addressOf(url, MQTT), secrets: () => brokerSecrets(args, 3), wait };
      return {
        framer,
        run() {
          if (client === undefined && qos > 0 && context.kept !== undefined) context.note(AWAY);
          return readTopic(reading, receive(topic, context, framer), context);
        },
      };
    },
  }),
});
