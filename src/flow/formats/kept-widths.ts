import type { Grid } from './grid.ts';

/** Room that a column is given beyond what it needs when it outgrows what it had, so that it does not grow with each batch. */
const SLACK = 3;

/** How wide columns are, by their names. */
export class KeptWidths {
  private readonly most = new Map<string, number>();
  private readonly given = new Map<string, number>();
  /** The most that the numbers of a column had from their points on: a point stays where it was. */
  readonly fractions = new Map<string, number>();

  /** Before a grid is laid out: columns that it outgrows become wider. */
  see({ columns, natural, fractions }: Grid): void {
    columns.all.forEach(({ name }, i) => {
      this.fractions.set(name, Math.max(fractions[i]!, this.fractions.get(name) ?? 0));
      const width = natural[i]!;
      const given = this.given.get(name);
      this.most.set(name, Math.max(width, this.most.get(name) ?? 0));
      if (given === undefined) this.given.set(name, width);
      else if (width > given) this.given.set(name, width + SLACK);
    });
  }

  /** With the room that they were given. */
  of({ columns }: Grid): readonly number[] {
    return columns.all.map(({ name }) => this.given.get(name)!);
  }

  /** No more than has ever been needed. */
  tight({ columns }: Grid): readonly number[] {
    return columns.all.map(({ name }) => this.most.get(name)!);
  }
}
