import { MOST_SHORT } from './fields.ts';

/** What is wrong with a text that names a queue, an exchange or a key; undefined where nothing is. */
export function nameFault(text: string): string | undefined {
  if (text === '') return 'it is empty';
  return Buffer.byteLength(text) <= MOST_SHORT ? undefined : `AMQP has room for ${MOST_SHORT} bytes of it`;
}
