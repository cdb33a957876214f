import type { Cursor } from '../chunk.ts';
import type { TakeTexts } from '../text-form.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, type ProjectionTarget } from './projected-lines.ts';

/** What takes lines of JSON and gives out only some fields of each object. */
export function jsonFields(names: readonly string[], cursor: Cursor, target: ProjectionTarget): TakeTexts {
  let lines: ProjectedLines | undefined;
  return (bytes) => {
    lines ??= create(names, cursor, target);
    lines.take(bytes);
  };
}

function create(names: readonly string[], cursor: Cursor, target: ProjectionTarget): ProjectedLines {
  const kernel = new Kernel();
  const { functions } = kernel;
  const texts = names.map((name) => Buffer.from(name));
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  let at = functions.makeNames(names.length, size);
  for (const text of texts) {
    kernel.bytes.set(text, at);
    functions.wantName(at, at + text.length);
    at += text.length;
  }
  return new ProjectedLines(kernel, (start, end) => functions.readJson(start, end), names, cursor, target);
}
