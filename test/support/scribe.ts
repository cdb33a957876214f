/** What clients of Scribe say, as bytes. */
import { once } from 'node:events';
import type { Socket } from 'node:net';

export const u32 = (number: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number >>> 0);
  return bytes;
};
export const text = (value: string) => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);
export const field = (type: number, id: number, value: Buffer) => Buffer.concat([Buffer.from([type, 0, id]), value]);
export const END = Buffer.from([0]);
export const wrap = (body: Buffer) => Buffer.concat([u32(body.length), body]);
const framed = (...parts: readonly Buffer[]) => wrap(Buffer.concat(parts));
export const entry = (category: string, message: string) =>
  Buffer.concat([field(11, 1, text(category)), field(11, 2, text(message)), END]);
export const list = (...entries: readonly Buffer[]) =>
  Buffer.concat([field(15, 1, Buffer.concat([Buffer.from([12]), u32(entries.length), ...entries])), END]);
export const old = (name: string, args: Buffer) => framed(text(name), Buffer.from([1]), u32(7), args);
export const strict = (name: string, args: Buffer) => framed(u32(0x80010001), text(name), u32(7), args);

/** How answers end. */
export const OK = '0800000000000000';
export const TRY_LATER = '0800000000000100';

/** Calls, and gives the answer as hexadecimal digits. */
export async function asking(client: Socket, bytes: Buffer): Promise<string> {
  client.write(bytes);
  const [answer] = (await once(client, 'data')) as [Buffer];
  return answer.toString('hex');
}
