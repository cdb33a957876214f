import { connect } from 'node:net';
import type { Network } from '../define/network.ts';

/** The network of the host: TCP. */
export const hostNetwork: Network = {
  async connect(host, port, { broken, ended }) {
    const socket = connect({ host, port });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.on('error', broken);
    socket.on('end', ended);
    // Left unread, what the peer says would make the system drop what we have sent when we close.
    socket.resume();
    return {
      write: (bytes) =>
        new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve()))),
      end: () =>
        new Promise((resolve, reject) => {
          socket.once('error', reject);
          socket.once('close', () => resolve());
          socket.end();
        }),
      letGo: () => void socket.destroy(),
    };
  },
};
