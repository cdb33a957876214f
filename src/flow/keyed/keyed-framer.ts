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

/** What is kept of something that came whole beside its body, in a line in front of that. */
export interface Head {
  /** By which it is known when it comes again. */
  readonly key?: string | undefined;
  /** What tagged records have of it, beside their source, line and peer. */
  readonly tag: Fields;
}

/** What came as it is kept: its head in a line, and its body behind that. */
export function keyedBytes({ key, tag }: Head, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${toJson({ key: key ?? null, tag })}\n`), body]);
}

function readHead(text: string): Head {
  const head = parseJson(text);
  const key = field(head, 'key');
  return { key: typeof key === 'string' ? key : undefined, tag: field(head, 'tag') as Fields };
}

interface KeyedFraming {
  readonly args: TextArguments;
  readonly context: SourceContext;
  /** Told of each head, before the records behind it. */
  readonly begun: (head: Head) => void;
}

/** Cuts the body of what came whole into records. A position in it is one in its body. */
export class KeyedFramer implements Framer {
  private readonly framing: KeyedFraming;
  private readonly origin: Origin;
  private readonly progress: Progress | undefined;
  private readonly start = new Held();
  private body: Framer | undefined;

  constructor(framing: KeyedFraming, origin: Origin, progress?: Progress) {
    this.framing = framing;
    this.origin = origin;
    this.progress = progress;
  }

  push(piece: Uint8Array): Promise<void> | undefined {
    if (this.body !== undefined) return this.body.push(piece);
    const newline = piece.indexOf(NEWLINE);
    this.start.append(Buffer.from(piece.subarray(0, newline < 0 ? piece.length : newline)));
    if (newline < 0) return undefined;
    const head = readHead(this.start.take().toString());
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

  private open({ tag }: Head): Framer {
    const { args, context } = this.framing;
    const whole: { readonly [name: string]: Value } = { peer: hostOf(this.origin.name), ...tag };
    return openFramer(args, this.origin, context, this.progress, () => whole, true);
  }
}
