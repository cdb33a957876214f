import type { Broker } from './driver.ts';
import { ask, Writer } from './wire.ts';

const METADATA = 3;
/** The first version that tells the ids of topics. */
const WITH_IDS = 10;

const NO_ID = Buffer.alloc(16);

/** What tells a topic from another one of its name, by names; nothing of brokers before Kafka 2.8. https://kafka.apache.org/protocol#The_Messages_Metadata */
export async function topicIds(broker: Broker, topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if ((broker.versions[METADATA]?.maxVersion ?? 0) < WITH_IDS) return new Map();
  const body = new Writer().noTags().count(topics.length);
  for (const topic of topics) body.raw(NO_ID).compactText(topic).noTags();
  // None is made, and nobody asks who may do what.
  body.int8(0).int8(0).int8(0).noTags();
  const found = await ask(broker, {
    apiName: 'Metadata',
    apiKey: METADATA,
    apiVersion: WITH_IDS,
    body: body.bytes,
    read(answer) {
      answer.tags();
      answer.int32();
      answer.compactList(() => {
        answer.int32();
        answer.compactText();
        answer.int32();
        answer.compactText();
        answer.tags();
      });
      answer.compactText();
      answer.int32();
      return answer.compactList(() => {
        answer.int16();
        const name = answer.compactText() ?? '';
        const id = answer.raw(NO_ID.length);
        answer.int8();
        answer.compactList(() => {
          answer.raw(14);
          for (let i = 0; i < 3; i++) answer.compactList(() => answer.int32());
          answer.tags();
        });
        answer.int32();
        answer.tags();
        return { name, id };
      });
    },
  });
  return new Map(found.filter(({ id }) => !id.equals(NO_ID)).map(({ name, id }) => [name, id.toString('hex')]));
}
