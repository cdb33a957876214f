import type { Readable } from 'node:stream';
import { compareText } from '../../base/compare.ts';
import { RunFailure } from '../../base/problem.ts';
import type { SourceContext } from '../define/context.ts';
import type { Position } from '../define/position.ts';
import type { Source } from '../define/source.ts';
import { patternOf } from '../files/globs.ts';
import type { PathPattern } from '../files/path-pattern.ts';
import type { TextArguments } from '../framing/text.ts';
import { BEGIN_ANEW, DOES_NOT_FIT } from '../input/fault.ts';
import { goneFailure, isMeant, type RemoteFile, type RemoteFiles } from '../remote/files.ts';
import { RemoteReading } from '../remote/reading.ts';
import { readS3Address } from './address.ts';
import { element, elements, helpFor, mayPass, S3Fault } from './answers.ts';
import { Bucket } from './client.ts';
import type { S3Place } from './parameters.ts';

/** The status of an answer that has the bytes that were asked for, and not all. */
const PARTIAL = 206;

/** A page of a listing has so many keys at most. */
const PAGE = '1000';

interface S3Arguments extends TextArguments, S3Place {
  readonly isBounded: boolean;
  /** Whether what is there at the start is read, too; where it is not bounded. */
  readonly existing?: boolean;
  /** ms between two looks. */
  readonly every?: number;
  /** Whether what stands in "directories" below is meant too; where one may be meant. */
  readonly recursive?: boolean;
  /** Whether to wait for a store that does not answer. */
  readonly wait: boolean | undefined;
}

/** Reads the objects that addresses stand for: those that are there, and those that come. @throws RunFailure of exit 3 where there are no credentials. */
export function readingS3(
  addresses: readonly string[],
  args: S3Arguments,
  context: SourceContext,
  from?: Position,
): Source {
  const buckets = new Map<string, Bucket>();
  const all = addresses.map((address) => {
    const { bucket: name, key } = readS3Address(address)!;
    const bucket = buckets.get(name) ?? new Bucket(name, args, 3, (message) => context.note(message), context.signal);
    buckets.set(name, bucket);
    return new Keys(bucket, key, args);
  });
  const { existing = true, every = 0, wait = true } = args;
  const files = new S3Files(addresses.join(', '), all);
  return new RemoteReading(files, { ...args, existing, every, wait }, context, from);
}

/** An object, and where it is. */
interface Found extends RemoteFile {
  readonly id: string;
  readonly bucket: Bucket;
  readonly key: string;
}

/** Objects of S3, told by what S3 tells them by (ETag): one that is put anew with other bytes is another one. They are there whole or not at all. */
class S3Files implements RemoteFiles {
  readonly text: string;
  readonly place = 'in S3';
  readonly mayPass = mayPass;
  readonly helpFor = helpFor;
  readonly leavesOut = true;
  private readonly all: readonly Keys[];

  constructor(text: string, all: readonly Keys[]) {
    this.text = text;
    this.all = all;
  }

  async find(): Promise<readonly RemoteFile[]> {
    const found = new Map<string, RemoteFile>();
    for (const keys of this.all)
      for (const file of await keys.find()) found.set(file.path, found.get(file.path) ?? file);
    return [...found.values()];
  }

  isWhole(): boolean {
    return true;
  }

  async open(file: RemoteFile, offset: number, signal: AbortSignal): Promise<Readable> {
    // It is one of those that were found.
    const { path, id, bucket, key } = file as Found;
    const headers = { range: `bytes=${offset}-`, ...(id !== '' && { 'if-match': id }) };
    try {
      const answer = await bucket.ask('GET', { key, headers, signal });
      // Where a store knows no conditions.
      const isOther = (answer.headers.etag ?? id) !== id;
      if (!isOther && (offset === 0 || answer.statusCode === PARTIAL)) return answer;
      answer.destroy();
      if (!isOther) throw new S3Fault(0, '', `it gives objects from their start only, and not from byte ${offset} on`);
    } catch (error) {
      if (!(error instanceof S3Fault)) throw error;
      if (error.reason === 'NoSuchKey') throw goneFailure(path);
      if (error.reason !== 'PreconditionFailed') throw error;
    }
    throw new RunFailure(DOES_NOT_FIT, 3, `${path} was put anew after it was read up to byte ${offset}`, BEGIN_ANEW);
  }
}

/** The objects of a bucket that a key, a "directory" or a glob stands for. */
class Keys {
  private readonly bucket: Bucket;
  private readonly key: string;
  private readonly pattern: PathPattern;
  /** What all keys begin with that a glob matches. */
  private readonly start: string;
  /** How many "directories" below the start may hold some. */
  private readonly depth: number;
  private readonly mayBeDirectory: boolean;

  constructor(bucket: Bucket, key: string, { recursive }: S3Arguments) {
    this.bucket = bucket;
    this.key = key;
    this.pattern = patternOf(`/${key}`);
    this.start = /^[^*?[\]{}()!+@|\\]*/.exec(key)![0];
    const isDeep = this.pattern.isGlob ? key.includes('**') : recursive === true;
    this.depth = isDeep ? Number.POSITIVE_INFINITY : key.slice(this.start.length).split('/').length - 1;
    this.mayBeDirectory = recursive !== undefined;
  }

  /** In order of name. */
  async find(): Promise<readonly RemoteFile[]> {
    const { key, pattern, start } = this;
    if (pattern.isGlob) return this.below(start);
    const named = key === '' || key.endsWith('/') ? undefined : await this.named();
    if (named !== undefined) return [named];
    const directory = key === '' || key.endsWith('/') ? key : `${key}/`;
    const found = await this.below(directory);
    const [first] = found;
    if (this.mayBeDirectory || first === undefined) return found;
    const address = this.called(directory);
    throw new RunFailure(
      'is-directory',
      3,
      `${address} stands for several objects`,
      `\`files("${address}*")\` reads them, \`watch("${address}")\` those that come`,
    );
  }

  /** The object of that very key. */
  private async named(): Promise<Found | undefined> {
    const { bucket, key } = this;
    try {
      const { headers } = (await bucket.ask('HEAD', { key })).resume();
      return this.found(key, headers.etag, headers['content-length'], true);
    } catch (error) {
      if (error instanceof S3Fault && error.reason === 'NoSuchKey') return undefined;
      // No answer to HEAD says why.
      if (error instanceof S3Fault) (await bucket.ask('GET', { key, headers: { range: 'bytes=0-0' } })).destroy();
      throw error;
    }
  }

  /** All that is meant below a start of keys: "directory" by "directory", or all at once where any depth is meant. */
  private async below(start: string): Promise<readonly RemoteFile[]> {
    const found: RemoteFile[] = [];
    await this.walk(start, this.depth, found);
    return found.sort((a, b) => compareText(a.path, b.path));
  }

  private async walk(prefix: string, depth: number, found: RemoteFile[]): Promise<void> {
    const isFlat = depth === Number.POSITIVE_INFINITY;
    const deeper: string[] = [];
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      const xml = await this.bucket.askText('GET', {
        query: {
          'list-type': '2',
          'encoding-type': 'url',
          'max-keys': PAGE,
          prefix,
          ...(isFlat ? {} : { delimiter: '/' }),
          ...(token === undefined ? {} : { 'continuation-token': token }),
        },
      });
      const named = nameReader(xml);
      for (const contents of elements(xml, 'Contents')) {
        const key = named(element(contents, 'Key'));
        // What some tools make for a "directory" is no file.
        if (key.endsWith('/') || !isMeant(this.pattern, `/${key}`)) continue;
        found.push(this.found(key, element(contents, 'ETag'), element(contents, 'Size')));
      }
      for (const common of elements(xml, 'CommonPrefixes')) deeper.push(named(element(common, 'Prefix')));
      const next = element(xml, 'IsTruncated') === 'true' ? (element(xml, 'NextContinuationToken') ?? '') : undefined;
      if (next === '' || (next !== undefined && next === token))
        throw new S3Fault(0, '', 'its listing has more pages, and it does not say which is the next');
      token = next;
    }
    if (depth === 0) return;
    for (const directory of deeper) {
      if (this.pattern.mayHold(`/${directory.replace(/\/$/, '')}`)) await this.walk(directory, depth - 1, found);
    }
  }

  private found(key: string, id = '', length = '', isNamed = false): Found {
    if (!/^\d{1,15}$/.test(length)) throw new S3Fault(0, '', 'it does not say how long an object is');
    return { path: this.called(key), id, length: Number(length), isNamed, bucket: this.bucket, key };
  }

  private called(key: string): string {
    return `s3://${this.bucket.name}/${key}`;
  }
}

/** Reads names as a listing has them. */
function nameReader(xml: string): (name: string | undefined) => string {
  if (element(xml, 'EncodingType') !== 'url') return (name = '') => name;
  return (name = '') => {
    try {
      return decodeURIComponent(name.replaceAll('+', ' '));
    } catch {
      return name;
    }
  };
}
