/** What a store answers, in XML of few elements, none of which is within another one of its name. */
import type { IncomingMessage } from 'node:http';
import { shown, mayPass as statusMayPass } from '../http/answers.ts';
import { codeOf } from '../input/fault.ts';

/** An answer that is no object is no longer, bytes: a page of 1,000 keys has some 4 MB at most. */
const MOST_ANSWER = 16 * 1024 * 1024;

/** What a store says where it does not do what it was asked. */
export class S3Fault extends Error {
  /** As `NoSuchBucket`; the status where it says none. */
  readonly reason: string;
  readonly status: number;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** All of an answer as text. Rejects where it is too long. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer) {
    size += (piece as Buffer).length;
    if (size > MOST_ANSWER) throw new S3Fault(0, '', 'its answer is too long');
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** What stands in each element of a name, as it is written. */
export function* elements(xml: string, name: string): Iterable<string> {
  const [open, close] = [`<${name}>`, `</${name}>`];
  for (let at = xml.indexOf(open); at !== -1; at = xml.indexOf(open, at)) {
    const end = xml.indexOf(close, at);
    if (end === -1) return;
    yield xml.slice(at + open.length, end);
    at = end + close.length;
  }
}

/** The text of the first element of a name; undefined where there is none. */
export function element(xml: string, name: string): string | undefined {
  const [first] = elements(xml, name);
  return first === undefined ? undefined : plain(first);
}

const SIGNS: { readonly [name: string]: string } = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return SIGNS[name.toLowerCase()]!;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** How a text is written within an element. */
export function escaped(text: string): string {
  return text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** What an answer of a failure says. @param xml what stands in it; nothing of the answer to HEAD. */
export function faultOf(status: number, xml: string): S3Fault {
  const [error] = elements(xml, 'Error');
  const reason = (error && element(error, 'Code')) ?? BY_STATUS[status] ?? String(status);
  const said = error && element(error, 'Message');
  return new S3Fault(status, reason, shown(said || WORDS[reason] || `it answers ${status}`));
}

const BY_STATUS: { readonly [status: number]: string } = {
  403: 'AccessDenied',
  404: 'NoSuchKey',
  412: 'PreconditionFailed',
};

const WORDS: { readonly [reason: string]: string } = {
  AccessDenied: 'access denied',
  NoSuchKey: 'there is no such object',
};

const PASSING: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'],
  ...['ERR_STREAM_PREMATURE_CLOSE', 'SlowDown', 'InternalError', 'RequestTimeout', 'ServiceUnavailable'],
]);

/** Whether a failure may pass by itself. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof S3Fault)) return PASSING.has(codeOf(error));
  return PASSING.has(error.reason) || statusMayPass(error.status);
}

const HELP: { readonly [reason: string]: string } = {
  NoSuchBucket: '`aws s3 ls` shows which there are; of a store that is not Amazon’s, `endpoint:` says where it listens',
  AccessDenied:
    'who asks needs s3:ListBucket and s3:GetObject to read, s3:PutObject to write, and s3:DeleteObject and s3:AbortMultipartUpload to go on with `--checkpoint`; AWS_PROFILE names another profile',
  InvalidAccessKeyId: 'AWS_ACCESS_KEY_ID, or the profile that AWS_PROFILE names, is of nobody whom the store knows',
  SignatureDoesNotMatch: 'AWS_SECRET_ACCESS_KEY does not go with AWS_ACCESS_KEY_ID',
  ExpiredToken: 'get others: `eval "$(aws configure export-credentials --format env)"`',
  PermanentRedirect: '`region:` or AWS_REGION says in which region the bucket is',
  AuthorizationHeaderMalformed: '`region:` or AWS_REGION says in which region the bucket is',
  RequestTimeTooSkewed: 'set the clock of this machine',
  InvalidObjectState: 'it is in an archive: `aws s3api restore-object` gets it back',
};

/** What the user can do about a failure, where that can be said. */
export function helpFor(error: unknown): string | undefined {
  return error instanceof S3Fault ? HELP[error.reason] : undefined;
}
