/** A name node that has one file, as far as WebHDFS is asked for it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves `bytes` as `/in/a.log`. @returns its address, and how to end it. */
export async function nameNodeWith(bytes: Buffer): Promise<{ readonly address: string; close(): void }> {
  const file = { pathSuffix: 'a.log', type: 'FILE', fileId: 17, length: bytes.length, modificationTime: 1 };
  const directory = { pathSuffix: '', type: 'DIRECTORY', fileId: 16, length: 0, modificationTime: 1 };
  const answers: { readonly [op: string]: unknown } = {
    GETFILESTATUS: { FileStatus: directory },
    LISTSTATUS_BATCH: {
      DirectoryListing: { partialListing: { FileStatuses: { FileStatus: [file] } }, remainingEntries: 0 },
    },
  };
  const server = createServer(({ url, headers }, answer) => {
    const { pathname, searchParams } = new URL(url!, `http://${headers.host}`);
    const op = searchParams.get('op');
    if (op !== 'OPEN') answer.end(JSON.stringify(answers[op!]));
    else if (pathname.startsWith('/data')) answer.end(bytes.subarray(Number(searchParams.get('offset'))));
    // As to a data node.
    else answer.writeHead(307, { location: `http://${headers.host}/data${url}` }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
