/** Partitions that many processes read, each some offsets of some of them. */
import { parseJson } from '../../base/json.ts';
import type { SourceContext } from '../define/context.ts';
import type { DealtRange } from '../define/dealt.ts';
import type { Ranges, Source, Whole } from '../define/source.ts';
import type { KafkaArguments } from './arguments.ts';
import { KafkaReading } from './reading.ts';

/** How far the partitions go, for others to read. */
export function rangesOf(reading: KafkaReading): Ranges {
  return {
    get about() {
      return reading.about;
    },
    async find() {
      return (await reading.find()).map((partition): DealtRange => {
        const { name, high } = partition;
        const { key, at } = partition.split();
        return { name, key, at: at as DealtRange['at'], end: Math.max(high, partition.offset) };
      });
    },
    has({ key, at }) {
      const known = reading.partitions.get(key);
      // Of a topic of the name that is another one nothing was found.
      return known !== undefined && (at.id === undefined || known.id === undefined || at.id === known.id);
    },
    origin: ({ key }) => reading.partitions.get(key)!.origin,
    passed({ key, end }) {
      reading.partitions.get(key)!.offset = end;
    },
    close: () => reading.close(),
  };
}

/** Reads ranges that others have found. @param given these as JSON. */
export function readRanges(args: KafkaArguments, given: readonly string[], context: SourceContext): Source {
  const wholes = given.map((text): Whole => {
    const { name, key, at, end } = parseJson(text) as unknown as DealtRange;
    const origin = context.origin(name);
    const own = { ...context, origin: () => origin };
    const reading = new KafkaReading({ ...args, ends: new Map([[key, end]]) }, own, [{ key, at }]);
    return { origin, read: () => reading.run() };
  });
  return {
    wholes: async () => wholes,
    async run() {
      for (const whole of wholes) await whole.read();
    },
  };
}
