import type { Cursor, Origin } from '../../../flow/define/chunk.ts';

/** Where the record under way stands; moved by the readers. */
export class RunCursor implements Cursor {
  origin: Origin | null = null;
  line = 0;
  text: () => string = noText;
  isPastEnd = false;

  /** No record is under way: a tick. */
  leave(): void {
    this.origin = null;
    this.isPastEnd = false;
    this.text = noText;
  }
}

function noText(): string {
  return '';
}
