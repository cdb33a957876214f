import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { parseJson } from '../../base/json.ts';
import { field, isFields, isList, type Value } from '../../base/value.ts';
import { codeOf } from '../input/fault.ts';

/** How long a node may say nothing, ms. */
const SILENCE = 30_000;

/** An answer that is no file is no longer, bytes. */
const MOST_ANSWER = 64 * 1024 * 1024;

/** A file or directory. */
interface HdfsStatus {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Told from all that were and will be. */
  readonly id: number;
  readonly length: number;
  /** When it was last changed, ms. */
  readonly changed: number;
}

/** What a node says where it does not do what it was asked. */
class HdfsFault extends Error {
  readonly exception: string;

  constructor(exception: string, message: string) {
    super(message);
    this.exception = exception;
  }
}

const PASSING: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'StandbyException',
  'RetriableException',
  'SafeModeException',
  'BlockMissingException',
]);

/** How name nodes say, by no exception of its own, that there is no data node to read from or to write to now. */
const NO_NODE = /failed to find datanode|could only be (?:written|replicated) to|datanodes? .*are bad/i;

/** Whether a failure may pass by itself: a node is away, or not ready. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof HdfsFault)) return PASSING.has(codeOf(error));
  return PASSING.has(error.exception) || NO_NODE.test(error.message);
}

/** Whether a failure says that there is nothing of a name. */
export function isMissing(error: unknown): boolean {
  return error instanceof HdfsFault && error.exception === 'FileNotFoundException';
}

/**
 * The file system behind a name node, over HTTP. What is asked of files goes to a data node that the name node names; one that is gone is
 * found out only there, so whoever tries again begins with the name node.
 *
 * Not by `fetch`: a data node sends "100 Continue" without being asked, which fetch takes for a fault.
 */
export class WebHdfs {
  private readonly root: string;
  private readonly user: string | undefined;

  constructor(root: string, user: string | undefined) {
    this.root = root;
    this.user = user;
  }

  /** What is in a directory, or the file itself; undefined where there is nothing of that name. */
  async list(path: string): Promise<readonly HdfsStatus[] | undefined> {
    const all: HdfsStatus[] = [];
    for (let after = ''; ; ) {
      const answer = await this.ask('GET', path, { op: 'LISTSTATUS_BATCH', startAfter: after }).catch(unlessMissing);
      if (answer === undefined) return undefined;
      const listing = field(answer, 'DirectoryListing');
      const some = statusesOf(field(listing, 'partialListing'));
      all.push(...some);
      if (!(Number(field(listing, 'remainingEntries')) > 0) || some.length === 0) return all;
      after = some.at(-1)!.name;
    }
  }

  /** Undefined where there is nothing of that name. */
  async status(path: string): Promise<HdfsStatus | undefined> {
    const answer = await this.ask('GET', path, { op: 'GETFILESTATUS' }).catch(unlessMissing);
    return answer === undefined ? undefined : statusOf(field(answer, 'FileStatus'));
  }

  /** The bytes of a file from one on, which it must have. @param signal ends the reading. */
  async open(path: string, offset: number, signal: AbortSignal): Promise<IncomingMessage> {
    const first = await send('GET', this.url(path, { op: 'OPEN', offset: `${offset}` }), { signal });
    if (first.statusCode !== 307) return checked(first);
    first.resume();
    return checked(await send('GET', first.headers.location!, { signal }));
  }

  /** Writes a whole file, with the directories that are missing, in the place of one of the same name. */
  async create(path: string, bytes: Buffer): Promise<void> {
    const first = await send('PUT', this.url(path, { op: 'CREATE', overwrite: 'true' }));
    if (first.statusCode !== 307) {
      await checked(first);
      throw new HdfsFault('', 'it names no data node to write to');
    }
    first.resume();
    (await checked(await send('PUT', first.headers.location!, { body: bytes }))).resume();
  }

  /** Puts files behind one, in order, at once; they are gone then. Their names must have no comma. */
  async concat(path: string, others: readonly string[]): Promise<void> {
    const url = this.url(path, { op: 'CONCAT', sources: others.join(',') });
    (await checked(await send('POST', url))).resume();
  }

  /** Gives a file another name, at once, in the place of one that has it. */
  async rename(from: string, to: string): Promise<void> {
    const url = this.url(from, { op: 'RENAME', destination: to, renameoptions: 'OVERWRITE' });
    (await checked(await send('PUT', url))).resume();
  }

  /** Removes a file, where there is one. */
  async remove(path: string): Promise<void> {
    await this.ask('DELETE', path, { op: 'DELETE' }).catch(unlessMissing);
  }

  /** @throws the words of the name node where the user may not do so. @param action as `-wx`. */
  async checkAccess(path: string, action: string): Promise<void> {
    (await checked(await send('GET', this.url(path, { op: 'CHECKACCESS', fsaction: action })))).resume();
  }

  private async ask(method: string, path: string, query: { readonly [name: string]: string }): Promise<Value> {
    return jsonOf(await checked(await send(method, this.url(path, query))));
  }

  private url(path: string, query: { readonly [name: string]: string }): string {
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const user = this.user === undefined ? {} : { 'user.name': this.user };
    return `${this.root}/webhdfs/v1${encoded}?${new URLSearchParams({ ...query, ...user })}`;
  }
}

function unlessMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}

interface Sent {
  readonly signal?: AbortSignal;
  readonly body?: Buffer;
}

/** Resolves with the head of an answer, rejects with the system's error. */
function send(method: string, url: string, { signal, body }: Sent = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const begin = url.startsWith('https:') ? secureRequest : request;
    // Without a type, a gateway (HttpFS) does not take what is written.
    const headers = body && { 'content-type': 'application/octet-stream', 'content-length': body.length };
    const asked = begin(url, { method, ...(signal && { signal }), ...(headers && { headers }) }, resolve);
    asked.setTimeout(SILENCE, () => asked.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    asked.on('error', reject);
    asked.end(body);
  });
}

/** The answer where it is none of a failure. @throws HdfsFault with the words of the node. */
async function checked(answer: IncomingMessage): Promise<IncomingMessage> {
  const { statusCode = 0 } = answer;
  if (statusCode >= 200 && statusCode < 300) return answer;
  const said = await jsonOf(answer).catch(() => null);
  const remote = field(said, 'RemoteException');
  if (!isFields(remote)) throw new HdfsFault('', `it answers ${statusCode}, as no name node does`);
  throw new HdfsFault(String(field(remote, 'exception')), String(field(remote, 'message')).split('\n')[0]!);
}

async function jsonOf(answer: IncomingMessage): Promise<Value> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer) {
    size += (piece as Buffer).length;
    if (size > MOST_ANSWER) throw new HdfsFault('', 'its answer is too long');
    pieces.push(piece as Buffer);
  }
  try {
    return parseJson(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new HdfsFault('', 'what it answers is none of a name node');
  }
}

function statusesOf(listing: Value): HdfsStatus[] {
  const all = field(field(listing, 'FileStatuses'), 'FileStatus');
  return isList(all) ? all.map(statusOf) : [];
}

function statusOf(status: Value): HdfsStatus {
  return {
    name: String(field(status, 'pathSuffix')),
    isDirectory: field(status, 'type') === 'DIRECTORY',
    id: Number(field(status, 'fileId')),
    length: Number(field(status, 'length')),
    changed: Number(field(status, 'modificationTime')),
  };
}
