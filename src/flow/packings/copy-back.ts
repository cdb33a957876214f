import { UnpackFault } from './stepped.ts';

/** What is to be repeated: so many bytes that stand so far back, at a place up to a limit. */
interface Repeated {
  readonly at: number;
  readonly back: number;
  readonly length: number;
  readonly limit: number;
}

/** Repeats what was unpacked before; what it reaches of itself is repeated again. @throws UnpackFault where there is no such thing, or no room. */
export function copyBack(plain: Buffer, { at, back, length, limit }: Repeated): void {
  if (back === 0 || back > at || at + length > limit) throw new UnpackFault('damaged');
  if (back >= length) plain.copyWithin(at, at - back, at - back + length);
  else for (let i = 0; i < length; i++) plain[at + i] = plain[at + i - back]!;
}
