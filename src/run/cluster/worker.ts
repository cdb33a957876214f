import type { Readable, Writable } from 'node:stream';
import { mergeOrSave } from '../local/parts/groups-saved.ts';
import { asBytes, fromBytes, type MergeTask, type PieceTask, type Share, workOnPiece } from '../local/parts/pieces.ts';
import { type Frame, FrameReader, frameOf, numberOf } from './frames.ts';

/**
 * What a worker and whoever gives it work say to each other. One task at a time.
 *
 *     to it    PIECE task            from it   RECORDS* (SHARE number, share)* PIECE result END
 *     to it    MERGE task SHARE* END           MERGED groups END
 *     first of all                             HELLO version, and FAULT where it cannot go on
 */
export const SAID = {
  hello: 'H',
  piece: 'T',
  share: 'P',
  records: 'R',
  merge: 'M',
  merged: 'S',
  end: 'E',
  fault: 'X',
} as const;

/** Of the number of a share in front of it, bytes. */
export const NUMBER = 4;

/**
 * Works on what comes, until nothing more does.
 *
 * @param version which leat this is: whoever gives it work has to be of the same.
 */
export async function workOnFrames(input: Readable, output: Writable, version: string): Promise<void> {
  const reader = new FrameReader();
  let merging: { readonly task: MergeTask; readonly shares: Share[] } | undefined;
  const write = (frame: Buffer) => void output.write(frame);
  const take = async ({ type, payload }: Frame): Promise<readonly Buffer[]> => {
    switch (type) {
      case SAID.piece:
        return piece(fromBytes<PieceTask>(payload), write);
      case SAID.merge:
        merging = { task: fromBytes<MergeTask>(payload), shares: [] };
        return [];
      case SAID.share:
        merging?.shares.push(fromBytes<Share>(payload));
        return [];
      case SAID.end: {
        const { task, shares } = merging!;
        merging = undefined;
        return [frameOf(SAID.merged, asBytes(await mergeOrSave(task, shares))), frameOf(SAID.end)];
      }
      default:
        throw new Error(`a message of an unknown type: ${type}`);
    }
  };
  write(frameOf(SAID.hello, Buffer.from(version)));
  for await (const bytes of input) {
    for (const frame of reader.push(bytes as Buffer)) {
      try {
        for (const answer of await take(frame)) write(answer);
      } catch (error) {
        // A fault of ours: what was expected to fail is part of a result.
        const { stack = String(error) } = error as Error;
        write(frameOf(SAID.fault, Buffer.from(stack)));
      }
    }
  }
}

async function piece(task: PieceTask, write: (frame: Buffer) => void): Promise<readonly Buffer[]> {
  const { result, shares } = await workOnPiece(task, (block) => write(frameOf(SAID.records, asBytes(block))));
  const shared = shares.flatMap((share, number) =>
    share === undefined ? [] : [frameOf(SAID.share, numberOf(number), asBytes(share))],
  );
  return [...shared, frameOf(SAID.piece, asBytes(result)), frameOf(SAID.end)];
}
