import { addressOf, brokerSecrets, brokerTls, brokerUrl } from '../brokers/address.ts';
import { messageFormat, messageText } from '../brokers/message-format.ts';
import { MessageSink } from '../brokers/message-sink.ts';
import { retry } from '../connections/retrying.ts';
import { hasOpenPassword, OPEN_PASSWORD } from '../connections/secrets.ts';
import { flag, text, whole } from '../define/parameters.ts';
import { defineSink } from '../define/sink.ts';
import { MQTT } from '../mqtt/client.ts';
import { isTopic } from '../mqtt/names.ts';
import { openPublication } from '../mqtt/outward.ts';

export const mqtt = defineSink({
  name: 'mqtt',
  summary: 'Publishes each record to a topic of MQTT',
  synonyms: ['mosquitto', 'iot', 'publish', 'topic', 'message queue', 'broker'],
  docs: [
    'A text is published as it is, anything else as JSON. The server acknowledges what it has; what it has not, since the connection broke, is published again over a new one, and may be there twice. `qos: 0` asks for no acknowledgments. With `retain: true` the server keeps the last message for those who come later.',
    'It connects when the run starts, so that a wrong password is told before anything is read. A server that cannot be reached is tried again for `retry:`, and what reads waits; then, and at once where it refuses something, the run ends with exit code 4.',
  ].join(' '),
  examples: [
    {
      program: 'json | filter(.celsius > 30) | mqtt("mqtt://localhost", "alerts/heat")',
      in: '{"celsius":31}',
      out: '',
      notRun: 'it needs a server',
    },
  ],
  parameters: {
    url: brokerUrl(MQTT),
    topic: text('the topic').checked((topic) =>
      isTopic(topic) ? undefined : 'it is levels with slashes between, without `+` and `#`',
    ),
    qos: whole('whether the server acknowledges: 1, or 0', { named: true, most: 1 }).or(1),
    retain: flag('whether the server keeps the last message for those who come later'),
    format: messageFormat,
    ...brokerTls,
    retry,
  },
  promise: 'again',
  create({ url, topic, qos, retain, format, retry: within, ...files }, context) {
    if (hasOpenPassword(url)) context.note(OPEN_PASSWORD);
    const toMessage = messageText(format);
    const address = addressOf(url, MQTT);
    return new MessageSink<Buffer>({
      name: `the topic ${topic} of ${address.called}`,
      open: () => openPublication(address, brokerSecrets(files, 4), { topic, qos, isRetained: retain }),
      messageOf(record) {
        const message = Buffer.from(toMessage(record));
        return { message, size: message.length };
      },
      retry: within,
      context,
    });
  },
});
