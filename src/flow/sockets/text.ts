/** What sources of text share whose lines come from others over connections. */
import type { Socket } from 'node:net';
import { STRING, type Type } from '../../base/type.ts';
import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer, Progress } from '../define/framer.ts';
import { flag, size } from '../define/parameters.ts';
import { openFramer, type TagOf, type TextArguments, textParameters, textType } from '../framing/text.ts';
import { UnfinishedBound } from '../framing/unfinished.ts';
import { codeOf } from '../input/fault.ts';
import { readStream } from '../input/reading.ts';
import { receive } from '../input/receiving.ts';
import { hostOf } from './address.ts';

export const peerTextParameters = {
  ...textParameters,
  tag: flag(
    'gives `{source, line, peer}` instead of the line alone; `source` is the connection, `peer` the address at its other end',
  ),
};

/** The type of their records. */
export function peerTextType(args: TextArguments): Type {
  return textType(args, { peer: STRING });
}

/** What tells the lines of a peer from others: its address, by the name of the connection. */
export function tagOfPeer(_line: string, source: string): { readonly peer: string } {
  return { peer: hostOf(source) };
}

export const maxUnfinishedParameter = size('the most bytes of lines that are not finished, of all clients together', {
  named: true,
  apart: true,
}).optional();

/** Clients may leave lines unfinished, together, of so many bytes. */
const MAX_UNFINISHED = 64 * 1024 * 1024;

/** The bound of a server on what its clients have not finished, bytes: 64 MB unless given, and one line of the longest is always let be. */
export function maxUnfinishedOf(args: {
  readonly maxUnfinished: number | undefined;
  readonly maxLine: number;
}): number {
  return args.maxUnfinished ?? Math.max(MAX_UNFINISHED, args.maxLine);
}

/**
 * Opens the framers of a source for what clients send it.
 *
 * @param maxUnfinished bytes, see `maxUnfinishedOf`.
 */
export function framerOfClients(
  args: TextArguments,
  maxUnfinished: number | undefined,
  context: SourceContext,
  tagOf?: TagOf,
): (origin: Origin, progress?: Progress) => Framer {
  const unfinished = new UnfinishedBound(maxUnfinishedOf({ maxUnfinished, maxLine: args.maxLine }));
  return (origin, progress) => unfinished.around(openFramer(args, origin, context, progress, tagOf, true));
}

/** Reads one client, from its first byte to its last, or until it is destroyed; its own lines, numbered by themselves. */
export async function readClient(
  client: Socket,
  name: string,
  context: SourceContext,
  framer: (origin: Origin) => Framer,
): Promise<void> {
  const broken = await readStream(client, receive(name, context, framer));
  if (broken !== undefined && codeOf(broken) !== 'ECONNRESET') context.note(`${name} left: ${broken.message}`);
}
