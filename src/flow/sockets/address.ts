import { isIPv6, type Socket } from 'node:net';

/** An address as it is written before a port: an IPv6 one in brackets. */
export function hostAndPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An address that this machine reaches a server at: one that takes what comes to all addresses is tried at this machine's own. */
export function nearAddress(address: string): string {
  return address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
}

/** Names that only this machine has, as they stand in a URL. */
const OWN_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Whether a name in a URL is one that only this machine has. */
export function isOwnName(name: string): boolean {
  return OWN_NAMES.includes(name);
}

/** Whether only this machine can reach a server that listens on an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The name of a client: its address and port. */
export function nameOf({ remoteAddress = 'unknown', remotePort = 0 }: Socket): string {
  return hostAndPort(remoteAddress, remotePort);
}

/** The address in such a name, or the host in one that was written. */
export function hostOf(name: string): string {
  return name.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
