const UNITS = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 } as const;
const SIZE = /^(\d+(?:\.\d+)?)(b|kb|mb|gb|tb)$/i;

/** Bytes of `64kb`, `10mb`, `1gb` (powers of 1024); undefined if the text is none of these, or too long for a number. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const bytes = Math.round(Number(match[1]) * UNITS[match[2]!.toLowerCase() as keyof typeof UNITS]);
  return Number.isFinite(bytes) ? bytes : undefined;
}

/** A number of bytes in the largest unit that gives at least 1, to one digit behind the point. */
export function formatSize(bytes: number): string {
  const names = ['b', 'kb', 'mb', 'gb', 'tb'];
  let amount = bytes;
  let unit = 0;
  // Rounded before it is compared, so that a byte less than 1mb is not 1024kb.
  while (tenths(amount) >= 1024 && unit < names.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${tenths(amount)}${names[unit]}`;
}

function tenths(amount: number): number {
  return Math.round(amount * 10) / 10;
}
