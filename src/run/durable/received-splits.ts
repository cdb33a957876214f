/* What the position of a source that receives has of the places that it receives from. */
import type { Split } from '../../flow/define/position.ts';
import type { StreamAt } from '../../flow/framing/stream-progress.ts';

/** How far what a place gave was worked on, as a source's position has it: its name, bytes of whole records, and what a framer goes on with. */
export type ReceivedAt = StreamAt & { readonly name: string };

/** Of a source's position, the split of a place. */
export function keyOf(origin: number): string {
  return `received ${origin}`;
}

/** Whether a split is one that the source itself tells of, beside the places that it receives from. */
export function isOwn({ key }: Split): boolean {
  return !key.startsWith('received ');
}

/** How far a place was worked on, where a split is that of one. */
export function receivedAt({ key, at }: Split): ReceivedAt | undefined {
  return Number.isNaN(numberOf(key)) || at === null ? undefined : (at as ReceivedAt);
}

/** The split that says from which place on none was opened. */
export const NEXT = 'received next';
/** The split that says that the source has ended. */
export const OVER = 'received over';

/** Of a place, by the key of its split; NaN of others. */
export function numberOf(key: string): number {
  return Number(/^received (\d+)$/.exec(key)?.[1]);
}
