import type { Cursor } from '../define/chunk.ts';
import type { TakeTexts } from '../define/text-form.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, type ProjectionTarget } from './projected-lines.ts';
import { wantNames } from './wanted-names.ts';

/** What takes lines of JSON and gives out only some fields of each object. */
export function jsonFields(names: readonly string[], cursor: Cursor, target: ProjectionTarget): TakeTexts {
  let lines: ProjectedLines | undefined;
  return (bytes) => {
    lines ??= create(names, cursor, target);
    return lines.take(bytes);
  };
}

function create(names: readonly string[], cursor: Cursor, target: ProjectionTarget): ProjectedLines {
  const kernel = new Kernel();
  wantNames(kernel, names);
  return new ProjectedLines(kernel, (start, end) => kernel.functions.readJson(start, end), names, cursor, target);
}
