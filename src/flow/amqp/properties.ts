/** What stands in front of the body of a message. */
import type { Value } from '../../base/value.ts';
import { FieldReader, octet, short, shortText } from './fields.ts';

/** Bits of the properties that are there, which stand in the order of these. */
const CONTENT_TYPE = 1 << 15;
const CONTENT_ENCODING = 1 << 14;
const HEADERS = 1 << 13;
const DELIVERY_MODE = 1 << 12;
const PRIORITY = 1 << 11;
const CORRELATION_ID = 1 << 10;
const REPLY_TO = 1 << 9;
const EXPIRATION = 1 << 8;
const MESSAGE_ID = 1 << 7;
const TIMESTAMP = 1 << 6;

/** A message is on the server's disk. */
const PERSISTENT = 2;

/** What is read of the properties of a message; null where it has none. */
interface Properties {
  readonly headers: Value;
  readonly id: string | null;
  /** ms; who sends it says so, in seconds. */
  readonly time: number | null;
}

/** @throws BrokerFault where they are none. */
export function readProperties(bytes: Buffer): Properties {
  const reader = new FieldReader(bytes);
  const flags = reader.short();
  const has = (bit: number) => (flags & bit) !== 0;
  for (const bit of [CONTENT_TYPE, CONTENT_ENCODING]) if (has(bit)) reader.shortText();
  const headers = has(HEADERS) ? reader.table() : null;
  for (const bit of [DELIVERY_MODE, PRIORITY]) if (has(bit)) reader.octet();
  for (const bit of [CORRELATION_ID, REPLY_TO, EXPIRATION]) if (has(bit)) reader.shortText();
  const id = has(MESSAGE_ID) ? reader.shortText() : null;
  const time = has(TIMESTAMP) ? Number(reader.longLong()) * 1000 : null;
  return { headers, id, time };
}

/** Those of a message that the server is to keep on its disk. */
export function writeProperties({ type, id }: { readonly type: string; readonly id: string }): Buffer {
  const flags = short(CONTENT_TYPE | DELIVERY_MODE | MESSAGE_ID);
  return Buffer.concat([flags, shortText(type), octet(PERSISTENT), shortText(id)]);
}
