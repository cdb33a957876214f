import { Kernel } from './kernel.ts';

/** Finds a text and newlines in bytes. */
export class TextFinder {
  private readonly text: Buffer;
  private readonly kernel = new Kernel();
  /** Where the kernel has the bytes, behind the text. */
  private start = 0;
  private length = 0;

  /** @param text not empty. */
  constructor(text: Buffer) {
    this.text = text;
  }

  /** The bytes that are asked for from now on. */
  open(bytes: Buffer): void {
    const { kernel, text } = this;
    const address = kernel.functions.input(text.length + bytes.length);
    kernel.bytes.set(text, address);
    this.start = address + text.length;
    this.length = bytes.length;
    kernel.bytes.set(bytes, this.start);
  }

  /** How many newlines there are from `from` to before `end`. */
  newlines(from: number, end: number): number {
    return this.kernel.functions.countNewlines(this.start + from, this.start + end);
  }

  /** Where the text stands next, at or behind `from`; -1 if it does not. */
  next(from: number): number {
    const { kernel, length, start, text } = this;
    const at = kernel.functions.findText(start + from, start + length, start - text.length, start) - start;
    return at === length ? -1 : at;
  }
}
