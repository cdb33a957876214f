import { isIPv6 } from 'node:net';

const PORT = 9092;

/** The brokers of `a:9092,b`, each with its port. */
export function brokersOf(text: string): readonly string[] {
  return text.split(',').map((part) => {
    const one = part.trim();
    if (isIPv6(one)) return `[${one}]:${PORT}`;
    return /:\d+$/.test(one) ? one : `${one}:${PORT}`;
  });
}

/** What is wrong with the text, if anything. */
export function brokersFault(text: string): string | undefined {
  const isFine = brokersOf(text).every((one) => /^([\w.-]+|\[[\da-fA-F:.]+\]):\d{1,5}$/.test(one));
  return isFine ? undefined : 'it is a host with a port, as in `"localhost:9092"`, or several with commas between';
}
