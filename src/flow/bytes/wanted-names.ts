import type { Kernel } from './kernel.ts';

/** Tells a kernel the names of the members that are wanted; the first is field 0. Called once. */
export function wantNames(kernel: Kernel, names: readonly string[]): void {
  const { functions } = kernel;
  const texts = names.map((name) => Buffer.from(name));
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  let at = functions.makeNames(names.length, size);
  for (const text of texts) {
    kernel.bytes.set(text, at);
    functions.wantName(at, at + text.length);
    at += text.length;
  }
}
