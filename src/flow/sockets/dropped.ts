import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';

/**
 * How many datagrams the system has dropped of those that came to a UDP socket of ours, since nobody read them in time. Linux says so in /proc; 0 where nobody does.
 *
 * @param address that the socket is bound to.
 */
export function droppedBySystem(address: string, port: number): number {
  let table: string;
  try {
    table = readFileSync(`/proc/self/net/udp${isIPv6(address) ? '6' : ''}`, 'utf8');
  } catch {
    return 0;
  }
  // The number of the socket, its address and port in hexadecimal, …, and last how many were dropped.
  const local = new RegExp(
    `^\\s*\\d+: ${hexAddress(address)}:${port.toString(16).toUpperCase().padStart(4, '0')} .* (\\d+)\\s*$`,
    'm',
  );
  return Number(local.exec(table)?.[1] ?? 0);
}

/** What an address is in that table: one of IPv4 in the order of the bytes of this machine's words; of IPv6 any. */
function hexAddress(address: string): string {
  if (isIPv6(address)) return '[0-9A-F]{32}';
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0'));
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  return (isLittle ? bytes.reverse() : bytes).join('');
}
