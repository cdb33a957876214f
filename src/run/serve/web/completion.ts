import { signal } from '@preact/signals';
import { ask } from './live-view.ts';

export interface Candidate {
  readonly text: string;
  readonly summary: string;
}

/** What may stand in a text, in the place of what is there from `start` to `end`. */
interface Offer {
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly Candidate[];
}

const NOTHING: Offer = { start: 0, end: 0, candidates: [] };

/** What may stand where somebody writes stages behind a view, and which of it the keyboard is at. */
export class Completion {
  readonly offer = signal(NOTHING);
  /** The candidate that the keyboard is at; none of them while it is -1. */
  readonly at = signal(-1);
  private readonly view: string;
  private asked = 0;

  /** @param view what it is called. */
  constructor(view: string) {
    this.view = view;
  }

  /** Asks what may stand at the cursor. */
  async look({ value, selectionStart }: HTMLInputElement): Promise<void> {
    const end = selectionStart ?? value.length;
    const number = ++this.asked;
    const found = await candidatesOf(this.view, value.slice(0, end));
    // Another letter has come meanwhile.
    if (number !== this.asked) return;
    this.offer.value = { ...found, end };
    this.at.value = -1;
  }

  close(): void {
    this.asked++;
    this.offer.value = NOTHING;
    this.at.value = -1;
  }

  take(box: HTMLInputElement, { text }: Candidate): void {
    const { start, end } = this.offer.value;
    box.setRangeText(text, start, end, 'end');
    box.focus();
    this.close();
  }

  /** What a key means here. @returns false where that is nothing: then it is the browser's. */
  press(box: HTMLInputElement, key: string): boolean {
    const { candidates } = this.offer.value;
    const count = candidates.length;
    const chosen = candidates[this.at.value];
    if (key === 'ArrowDown' && count === 0) void this.look(box);
    else if (count === 0) return false;
    else if (key === 'Escape') this.close();
    else if (key === 'ArrowDown') this.at.value = (this.at.value + 1) % count;
    else if (key === 'ArrowUp') this.at.value = (this.at.value <= 0 ? count : this.at.value) - 1;
    else if (key === 'Tab') this.take(box, chosen ?? candidates[0]!);
    else if (key === 'Enter' && chosen !== undefined) this.take(box, chosen);
    else return false;
    return true;
  }
}

async function candidatesOf(view: string, text: string): Promise<Pick<Offer, 'start' | 'candidates'>> {
  try {
    const query = `view=${encodeURIComponent(view)}&text=${encodeURIComponent(text)}`;
    return (await ask(`/api/complete?${query}`)) as unknown as Offer;
  } catch {
    // What is wrong shows when they are sent.
    return NOTHING;
  }
}
