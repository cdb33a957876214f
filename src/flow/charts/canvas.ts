/** Where each dot of a braille character is: U+2800 and a bit for each, two across and four down. */
const BITS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;
const EMPTY = 0x2800;

/** Draws lines; the marks of the lines are numbers that only the caller knows the meaning of. */
export interface Canvas {
  /** In dots. */
  readonly width: number;
  readonly height: number;
  /** A straight line from one dot to another; (0, 0) is on the left at the bottom. */
  line(fromX: number, fromY: number, toX: number, toY: number, mark: number): void;
  /** The rows from the top, each a list of characters with the mark that was drawn there last; undefined where none was. */
  rows(): readonly (readonly { readonly text: string; readonly mark: number | undefined }[])[];
}

/**
 * A canvas of characters.
 *
 * @param marks the character of each mark, where dots are whole characters; undefined for braille, whose dots are an eighth of one.
 */
export function createCanvas(columns: number, rows: number, marks: readonly string[] | undefined): Canvas {
  const [across, down] = marks === undefined ? [2, 4] : [1, 1];
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: columns }, () => ({ bits: 0, mark: undefined as number | undefined })),
  );
  const width = columns * across;
  const height = rows * down;
  const dot = (x: number, y: number, mark: number) => {
    const row = height - 1 - y;
    const cell = cells[Math.floor(row / down)]?.[Math.floor(x / across)];
    if (cell === undefined) return;
    cell.bits |= BITS[row % down]![x % across]!;
    cell.mark = mark;
  };
  return {
    width,
    height,
    line(fromX, fromY, toX, toY, mark) {
      const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1);
      for (let i = 0; i <= steps; i++) {
        dot(Math.round(fromX + ((toX - fromX) * i) / steps), Math.round(fromY + ((toY - fromY) * i) / steps), mark);
      }
    },
    rows: () =>
      cells.map((row) =>
        row.map(({ bits, mark }) => {
          if (mark === undefined) return { text: ' ', mark };
          return { text: marks === undefined ? String.fromCodePoint(EMPTY + bits) : marks[mark]!, mark };
        }),
      ),
  };
}
