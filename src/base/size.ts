const UNITS = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 } as const;
const SIZE = /^(\d+(?:\.\d+)?)(b|kb|mb|gb|tb)$/i;

/** Bytes of `64kb`, `10mb`, `1gb` (powers of 1024); undefined if the text is none of these. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * UNITS[match[2]!.toLowerCase() as keyof typeof UNITS]);
}

/** A number of bytes in the largest unit that gives at least 1, to one digit behind the point. */
export function formatSize(bytes: number): string {
  for (const unit of ['tb', 'gb', 'mb', 'kb'] as const) {
    if (bytes >= UNITS[unit]) return `${Math.round((bytes / UNITS[unit]) * 10) / 10}${unit}`;
  }
  return `${bytes}b`;
}
