import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { RunFailure } from '../../base/problem.ts';
import type { Value } from '../../base/value.ts';
import type { Intents } from '../define/intents.ts';
import type { SinkStart } from '../define/sink.ts';
import type { Span } from '../define/span.ts';
import { sinkFailure } from '../output/failure.ts';
import type { Saved, SavedTarget } from '../output/saved-files.ts';
import type { PackedAs } from '../packings/pack.ts';
import { persist } from '../remote/persist.ts';
import { readS3Address } from './address.ts';
import { element, escaped, helpFor, mayPass, S3Fault } from './answers.ts';
import { Bucket } from './client.ts';
import { type HeldObject, HeldObjects } from './held.ts';
import type { S3Place } from './parameters.ts';

/** An object is sent in parts of so many bytes, each of which can be sent again whole; of 10,000 at most. */
const PART = 16 * 1024 * 1024;
const MOST_PARTS = 10_000;

/** Where an object says which sink has written it, so that it is told from one of its name that others have put there. */
const MARK = 'x-amz-meta-leat';

interface SavedInS3Options extends S3Place {
  /** An address, which the keys of all of them begin with. */
  readonly prefix: string;
  /** How they are packed, if they are. */
  readonly packed?: PackedAs | undefined;
  /** How long what may pass is tried again, ms. */
  readonly within: number;
  /** Absent where nobody will go back. */
  readonly intents: Intents | undefined;
  readonly note: (message: string) => void;
  /** Bytes of a part, bytes that are held, and by what retries wait; only tests give others. */
  readonly part?: number;
  readonly most?: number;
  readonly clock?: Clock;
}

/** An object that is sent in parts: how S3 calls it until it is whole, and who has begun it. */
interface Begun {
  readonly key: string;
  readonly upload: string;
  readonly mark: string;
}

/** What is told of one that was put aside: all its parts were sent. */
interface Aside extends Begun {
  readonly tags: readonly string[];
}

/** An object is about to be put together from its parts. `replaces`: there was one of that key before. */
interface Intent extends Begun {
  readonly number: number;
  readonly replaces: boolean;
}

/** Where a run that goes back begins: how many intents were written before. */
interface Mark {
  readonly intents: number;
}

/** Objects in S3, see {@link SavedInS3}. @throws RunFailure of exit 4 where there are no credentials. */
export function savedInS3(options: SavedInS3Options): Saved {
  return new SavedInS3(options);
}

/**
 * Objects in S3, which are there whole or not at all.
 *
 * Of a run that is kept each is put together from parts, also a small one: who goes back ends what the run before had begun, so that a request of
 * it that is still on its way can do nothing any more, and removes the object where it was put together before.
 *
 *     write ──▶ held, or put aside ──close──▶ begun ──▶ intent ──▶ parts ──▶ put together
 */
class SavedInS3 implements Saved {
  private readonly options: SavedInS3Options;
  private readonly bucket: Bucket;
  private readonly prefix: string;
  private readonly part: number;
  private readonly held: HeldObjects;
  /** How many intents were written, those of the runs before too. */
  private number = 0;

  constructor(options: SavedInS3Options) {
    const { bucket, key } = readS3Address(options.prefix)!;
    this.options = options;
    this.bucket = new Bucket(bucket, options, 4, options.note);
    this.prefix = key;
    this.part = options.part ?? PART;
    this.held = new HeldObjects(options.most);
  }

  /** Looks whether objects may be put there: one is begun and given up, of which nothing is left. */
  async begin(): Promise<void> {
    const key = `${this.prefix}try-out`;
    const upload = await this.persist(this.prefix, () => this.beginUpload(key, ''));
    await this.abort(key, upload).catch(() => {});
  }

  async goBack(start: SinkStart): Promise<void> {
    // Both are what this class has given.
    const mark = start.mark as unknown as Mark;
    const intents = start.intents as unknown as readonly Intent[];
    this.number = Math.max(mark.intents, ...intents.map(({ number }) => number + 1));
    for (const { number, key, upload, mark: own, replaces } of intents) {
      if (number < mark.intents) continue;
      await this.persist(key, async () => {
        await this.abort(key, upload);
        if (!replaces && (await this.markOf(key)) === own) await this.removeObject(key);
      });
    }
  }

  async open(nameOf: (span: Span) => string): Promise<SavedTarget> {
    const { packed } = this.options;
    const object = this.held.begin();
    // No bytes at all are nothing that a program would unpack.
    const complete = async () => {
      if (packed !== undefined && object.size === 0) await object.add(await packed.pack(Buffer.alloc(0)));
    };
    return {
      write: async (bytes) => object.add(packed === undefined ? Buffer.from(bytes) : await packed.pack(bytes)),
      // It is open only while it is sent.
      async pause() {},
      close: async (span) => {
        await complete();
        await this.publish(object, readS3Address(nameOf(span!))!.key);
        await object.forget();
      },
      putAside: async (name) => {
        await complete();
        const begun = await this.beginObject(readS3Address(name)!.key);
        const tags = await this.sendParts(object, begun);
        await object.forget();
        return { ...begun, tags };
      },
      abandon: () => object.forget().catch(() => {}),
    };
  }

  async adopt(aside: Value, name: string): Promise<void> {
    const { tags, ...begun } = aside as unknown as Aside;
    // A key is given when an object is begun.
    if (readS3Address(name)!.key !== begun.key) throw new Error(`a part was put aside as ${begun.key}, not as ${name}`);
    await this.intend(begun);
    await this.persist(begun.key, () => this.complete(begun, tags));
  }

  async remove(aside: Value): Promise<void> {
    const { key, upload } = aside as unknown as Aside;
    await this.abort(key, upload).catch(() => {});
  }

  /** Where they are. What S3 has answered is safe. */
  async mark(): Promise<Value> {
    return { intents: this.number } satisfies Mark;
  }

  /** Puts an object that is whole there. */
  private async publish(object: HeldObject, key: string): Promise<void> {
    if (this.options.intents !== undefined || object.size > this.part) return this.putTogether(object, key);
    let all: Buffer = Buffer.alloc(0);
    for await (const part of object.parts(this.part)) all = part;
    await this.persist(key, async () => void (await this.bucket.ask('PUT', { key, body: all })).resume());
  }

  private async putTogether(object: HeldObject, key: string): Promise<void> {
    const begun = await this.beginObject(key);
    await this.intend(begun);
    const tags = await this.sendParts(object, begun);
    try {
      await this.persist(key, () => this.complete(begun, tags));
    } catch (error) {
      await this.abort(key, begun.upload).catch(() => {});
      throw error;
    }
  }

  private async beginObject(key: string): Promise<Begun> {
    const mark = randomUUID();
    return { key, mark, upload: await this.persist(key, () => this.beginUpload(key, mark)) };
  }

  /** Writes down that an object is about to be there. */
  private async intend(begun: Begun): Promise<void> {
    const { intents } = this.options;
    if (intents === undefined) return;
    const replaces = (await this.persist(begun.key, () => this.markOf(begun.key))) !== undefined;
    await intents.write({ number: this.number++, ...begun, replaces });
  }

  /** Sends all of an object; where that fails, it is given up. @returns what S3 says of each part. */
  private async sendParts(object: HeldObject, { key, upload }: Begun): Promise<readonly string[]> {
    const size = Math.max(this.part, Math.ceil(object.size / MOST_PARTS));
    const tags: string[] = [];
    const send = async (body: Buffer) => {
      const query = { partNumber: `${tags.length + 1}`, uploadId: upload };
      const { headers } = await this.persist(key, async () =>
        (await this.bucket.ask('PUT', { key, query, body })).resume(),
      );
      tags.push(headers.etag ?? '');
    };
    try {
      for await (const body of object.parts(size)) await send(body);
      // An object has one part at least.
      if (tags.length === 0) await send(Buffer.alloc(0));
      return tags;
    } catch (error) {
      await this.abort(key, upload).catch(() => {});
      throw error;
    }
  }

  private async beginUpload(key: string, mark: string): Promise<string> {
    const headers = mark === '' ? {} : { [MARK]: mark };
    const upload = element(await this.bucket.askText('POST', { key, query: { uploads: '' }, headers }), 'UploadId');
    if (upload === undefined || upload === '') throw new Error('what it answers is none of S3');
    return upload;
  }

  private async complete({ key, upload: uploadId, mark }: Begun, tags: readonly string[]): Promise<void> {
    const parts = tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    try {
      await this.bucket.askText('POST', { key, query: { uploadId }, body });
    } catch (error) {
      // The answer to a try before may have been lost.
      if (!(error instanceof S3Fault && error.reason === 'NoSuchUpload')) throw error;
      if ((await this.markOf(key)) !== mark) throw error;
    }
  }

  /** Ends what was begun, where it was not put together. */
  private async abort(key: string, uploadId: string): Promise<void> {
    try {
      (await this.bucket.ask('DELETE', { key, query: { uploadId } })).resume();
    } catch (error) {
      if (!(error instanceof S3Fault && (error.reason === 'NoSuchUpload' || error.status === 404))) throw error;
    }
  }

  /** What the object of a key says of who has written it, `''` where it says nothing; undefined where there is none. */
  private async markOf(key: string): Promise<string | undefined> {
    try {
      const { headers } = (await this.bucket.ask('HEAD', { key })).resume();
      return String(headers[MARK] ?? '');
    } catch (error) {
      if (error instanceof S3Fault && error.status === 404) return undefined;
      throw error;
    }
  }

  private async removeObject(key: string): Promise<void> {
    (await this.bucket.ask('DELETE', { key })).resume();
  }

  /** Does something until it does not fail for a reason that may pass. Rejects with exit 4. */
  private persist<T>(key: string, work: () => Promise<T>): Promise<T> {
    const failure = (error: unknown) => {
      const failed = sinkFailure(`s3://${this.bucket.name}/${key}`, error);
      return new RunFailure(failed.code, failed.exit, failed.message, failed.help ?? helpFor(error));
    };
    return persist(work, { ...this.options, mayPass, failure });
  }
}
