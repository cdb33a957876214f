/** A store of objects in memory that speaks as S3 does, as far as it is asked. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

interface FakeObject {
  readonly bytes: Buffer;
  readonly tag: string;
  readonly mark?: string | undefined;
}

interface Upload {
  readonly key: string;
  readonly mark: string | undefined;
  readonly parts: Map<number, Buffer>;
}

/** What becomes of a request: it is done and answered, done without an answer, or not done. */
type Luck = 'well' | 'unanswered' | 'undone';

interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: { readonly [name: string]: string };
}

/** The key that leat signs with. */
export const SECRET = 'not-to-be-shown';

/** One bucket, `logs`, of any region and for anybody unless it is told otherwise. */
export class FakeS3 {
  readonly objects = new Map<string, FakeObject>();
  readonly uploads = new Map<string, Upload>();
  /** Asked of each request, as `PUT`, or `POST uploads` where its query says more. */
  luck: (what: string) => Luck = () => 'well';
  /** May answer instead. */
  instead: (request: IncomingMessage) => Answer | undefined = () => undefined;
  /** Keys of a page. */
  page = 1000;
  /** Requests so far, as `luck` is asked of them. */
  readonly asked: string[] = [];
  private made = 0;
  private readonly server = createServer((request, answer) => void this.answer(request, answer));

  /** Has leat sign what it asks with some key, as whoever runs it does. @returns its endpoint, once it listens. */
  async listen(): Promise<string> {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    vi.unstubAllEnvs();
  }

  put(key: string, bytes: Buffer | string, mark?: string): void {
    const content = Buffer.from(bytes);
    this.objects.set(key, { bytes: content, tag: `"${createHash('md5').update(content).digest('hex')}"`, mark });
  }

  private async answer(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url!, 'http://s3');
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const what = [request.method, ...query.keys()].filter((word) => !word!.includes('-')).join(' ');
    this.asked.push(what);
    const luck = this.luck(what);
    if (luck === 'undone') return void request.socket.destroy();
    const [, bucket, ...rest] = pathname.split('/').map(decodeURIComponent);
    const { status, body, headers } =
      this.instead(request) ??
      (bucket === 'logs'
        ? this.done(request, rest.join('/'), query, Buffer.concat(pieces))
        : fault(404, 'NoSuchBucket'));
    if (luck === 'unanswered') return void request.socket.destroy();
    answer.writeHead(status, headers);
    answer.end(request.method === 'HEAD' ? undefined : body);
  }

  private done({ method, headers }: IncomingMessage, key: string, query: URLSearchParams, body: Buffer): Answer {
    if (key === '') return this.listing(query);
    const mark = headers['x-amz-meta-leat'] as string | undefined;
    const upload = this.uploads.get(query.get('uploadId') ?? '');
    if (query.has('uploads')) {
      const id = `upload-${++this.made}`;
      this.uploads.set(id, { key, mark, parts: new Map() });
      return { status: 200, body: `<R><UploadId>${id}</UploadId></R>` };
    }
    if (query.has('uploadId') && upload?.key !== key) return fault(404, 'NoSuchUpload');
    if (upload !== undefined) return this.toUpload(method!, query, upload, body);
    const object = this.objects.get(key);
    if (method === 'PUT') {
      this.put(key, body, mark);
      return { status: 200, headers: { etag: this.objects.get(key)!.tag } };
    }
    if (method === 'DELETE') {
      this.objects.delete(key);
      return { status: 204 };
    }
    if (object === undefined) return fault(404, 'NoSuchKey');
    if ((headers['if-match'] ?? object.tag) !== object.tag) return fault(412, 'PreconditionFailed');
    const bytes = object.bytes.subarray(Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0));
    const about = { etag: object.tag, ...(object.mark && { 'x-amz-meta-leat': object.mark }) };
    const status = headers.range === undefined ? 200 : 206;
    return { status, body: bytes, headers: { ...about, 'content-length': `${bytes.length}` } };
  }

  private toUpload(method: string, query: URLSearchParams, { key, parts, mark }: Upload, body: Buffer): Answer {
    if (method === 'PUT') {
      parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag: `"part-${body.length}"` } };
    }
    this.uploads.delete(query.get('uploadId')!);
    if (method === 'DELETE') return { status: 204 };
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(
      ([, n]) => parts.get(Number(n))!,
    );
    this.put(key, Buffer.concat(named), mark);
    return { status: 200, body: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' };
  }

  private listing(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? undefined;
    const after = query.get('continuation-token') ?? '';
    const names = new Set<string>();
    for (const key of [...this.objects.keys()].sort()) {
      if (!key.startsWith(prefix)) continue;
      const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
      names.add(end === -1 ? key : key.slice(0, end + 1));
    }
    const rest = [...names].filter((name) => name > after);
    const some = rest.slice(0, this.page);
    const encoded = (name: string) => encodeURIComponent(name).replaceAll('%20', '+').replaceAll('%2F', '/');
    const entries = some.map((name) => {
      const object = this.objects.get(name);
      if (object === undefined) return `<CommonPrefixes><Prefix>${encoded(name)}</Prefix></CommonPrefixes>`;
      const { bytes, tag } = object;
      return `<Contents><Key>${encoded(name)}</Key><ETag>${tag.replaceAll('"', '&quot;')}</ETag><Size>${bytes.length}</Size></Contents>`;
    });
    const more =
      some.length < rest.length
        ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${some.at(-1)}</NextContinuationToken>`
        : '<IsTruncated>false</IsTruncated>';
    return { status: 200, body: `<R><EncodingType>url</EncodingType>${more}${entries.join('')}</R>` };
  }
}

/** What S3 answers where it does not do what it is asked. */
export function fault(status: number, code: string, more = ''): Answer {
  return { status, body: `<Error><Code>${code}</Code><Message>it says ${code}</Message>${more}</Error>` };
}
