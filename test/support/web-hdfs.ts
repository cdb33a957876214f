/** Name nodes, as far as WebHDFS is asked of them: one that has a file to read, and one to write to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
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

interface FakeFile {
  readonly id: number;
  readonly bytes: Buffer;
  /** When it was written, ms. */
  readonly changed: number;
}

/** What becomes of a request: it is done and answered, done without an answer, or not done. */
type Luck = 'well' | 'unanswered' | 'undone';

/** A file system in memory behind an address of a name node, to which files are written. Its name node is its data node too. */
export class FakeHdfs {
  readonly files = new Map<string, FakeFile>();
  /** Asked of each request. */
  luck: (op: string) => Luck = () => 'well';
  /** What its clock says, ms: it need not be ours. */
  now = 1;
  private made = 0;
  private readonly server = createServer((request, answer) => void this.answer(request, answer));

  /** @returns its address, once it listens. */
  async listen(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Puts a file there, as others do. */
  put(path: string, bytes: Buffer): void {
    this.files.set(path, { id: 16_000 + ++this.made, bytes, changed: this.now });
  }

  private async answer(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, `http://${request.headers.host}`);
    const path = decodeURIComponent(pathname.replace(/^\/data|^\/webhdfs\/v1/, ''));
    const isData = pathname.startsWith('/data');
    const op = searchParams.get('op')!;
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const luck = this.luck(op);
    if (luck === 'undone') return void request.socket.destroy();
    const [status, said] = this.done(op, path, searchParams, isData ? Buffer.concat(pieces) : undefined);
    if (luck === 'unanswered') return void request.socket.destroy();
    const place = `http://${request.headers.host}/data${path}?op=${op}`;
    answer.writeHead(status, status === 307 ? { location: encodeURI(place) } : {}).end(said && JSON.stringify(said));
  }

  private done(op: string, path: string, query: URLSearchParams, body?: Buffer): [status: number, said?: unknown] {
    const file = this.files.get(path);
    if (op === 'CREATE' && body === undefined) return [307];
    if (op === 'CREATE') {
      this.put(path, body!);
      return [201];
    }
    if (op === 'CHECKACCESS') return [200];
    if (op === 'DELETE') return [200, { boolean: this.files.delete(path) }];
    const isDirectory = path === '/' || [...this.files.keys()].some((each) => each.startsWith(`${path}/`));
    if (op === 'GETFILESTATUS' && (file !== undefined || isDirectory)) return [200, { FileStatus: statusOf('', file) }];
    if (op === 'LISTSTATUS_BATCH' && isDirectory) {
      const all = [...this.files].filter(([each]) => each.startsWith(`${path}/`));
      const statuses = all.map(([each, one]) => statusOf(each.slice(path.length + 1), one));
      return [
        200,
        { DirectoryListing: { partialListing: { FileStatuses: { FileStatus: statuses } }, remainingEntries: 0 } },
      ];
    }
    if (file !== undefined && op === 'RENAME') {
      this.files.delete(path);
      this.files.set(query.get('destination')!, file);
      return [200];
    }
    const sources = query.get('sources')?.split(',') ?? [];
    if (file !== undefined && op === 'CONCAT' && sources.every((source) => this.files.has(source))) {
      const parts = [file.bytes, ...sources.map((source) => this.files.get(source)!.bytes)];
      for (const source of sources) this.files.delete(source);
      this.files.set(path, { ...file, bytes: Buffer.concat(parts) });
      return [200];
    }
    return [404, { RemoteException: { exception: 'FileNotFoundException', message: `File does not exist: ${path}` } }];
  }
}

function statusOf(name: string, file: FakeFile | undefined) {
  return {
    pathSuffix: name,
    type: file === undefined ? 'DIRECTORY' : 'FILE',
    fileId: file?.id ?? 1,
    length: file?.bytes.length ?? 0,
    modificationTime: file?.changed ?? 1,
  };
}
