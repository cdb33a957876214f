import { parseJson, toJson } from '../../base/json.ts';
import { type Fields, field, type Value } from '../../base/value.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer, Progress } from '../define/framer.ts';
import { Delivery } from '../framing/delivery.ts';
import { Held } from '../framing/framer.ts';
import { openFramer, type TextArguments } from '../framing/text.ts';
import { hostOf } from '../sockets/address.ts';

const NEWLINE = 10;

/** What is kept of a request beside its body, in a line in front of it. */
export type RequestHead = {
  /** With its query. */
  readonly path: string;
  /** Texts by their names in small letters. */
  readonly headers: Fields;
  /** By which it is known when it is sent again. */
  readonly key?: string | undefined;
};

/** A request as it is kept: its head in a line, and its body behind that. */
export function requestBytes(head: RequestHead, body: Buffer): Buffer {
  const { path, headers, key = null } = head;
  return Buffer.concat([Buffer.from(`${toJson({ path, headers, key })}\n`), body]);
}

function readHead(text: string): RequestHead {
  const head = parseJson(text);
  const key = field(head, 'key');
  return {
    path: field(head, 'path') as string,
    headers: field(head, 'headers') as Fields,
    key: typeof key === 'string' ? key : undefined,
  };
}

interface RequestFraming {
  readonly args: TextArguments;
  readonly context: SourceContext;
  /** Told of each request, before its records. */
  readonly begun: (head: RequestHead) => void;
}

/** Cuts the body of a request that was taken into records. A position in it is one in its body. */
export class RequestFramer implements Framer {
  private readonly framing: RequestFraming;
  private readonly origin: Origin;
  private readonly progress: Progress | undefined;
  private readonly start = new Held();
  private body: Framer | undefined;

  constructor(framing: RequestFraming, origin: Origin, progress?: Progress) {
    this.framing = framing;
    this.origin = origin;
    this.progress = progress;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    if (this.body !== undefined) return this.body.push(piece);
    const before = this.start.length;
    const newline = piece.indexOf(NEWLINE);
    this.start.append(Buffer.from(piece.subarray(0, newline < 0 ? piece.length : newline)));
    if (newline < 0) return undefined;
    const head = readHead(this.start.take().toString('utf8', 0, before + newline));
    this.framing.begun(head);
    this.body = this.open(head);
    return this.body.push(piece.subarray(newline + 1));
  }

  end(): Promise<void> | undefined {
    if (this.body !== undefined) return this.body.end();
    // The process was killed before its bytes were kept: who sent it was not told that it was taken.
    new Delivery(this.origin, this.framing.context, this.progress).over(true);
    return undefined;
  }

  private open({ path, headers }: RequestHead): Framer {
    const { args, context } = this.framing;
    const tag: { readonly [name: string]: Value } = {
      peer: hostOf(this.origin.name),
      path,
      headers,
    };
    return openFramer(args, this.origin, context, this.progress, () => tag);
  }
}
