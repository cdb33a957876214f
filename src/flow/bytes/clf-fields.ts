import type { Cursor } from '../define/chunk.ts';
import type { TakeTexts } from '../define/text-form.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, type ProjectionTarget } from './projected-lines.ts';

/** The columns as src/kernel/clf.ts numbers them. */
const COLUMNS = ['host', 'user', 'time', 'method', 'path', 'protocol', 'status', 'bytes', 'referrer', 'agent'];

/** What takes lines of the common or combined log format and gives out only some fields. */
export function clfFields(names: readonly string[], cursor: Cursor, target: ProjectionTarget): TakeTexts {
  let lines: ProjectedLines | undefined;
  return (bytes) => {
    lines ??= create(names, cursor, target);
    return lines.take(bytes);
  };
}

function create(names: readonly string[], cursor: Cursor, target: ProjectionTarget): ProjectedLines {
  const kernel = new Kernel();
  const { functions } = kernel;
  COLUMNS.forEach((column, number) => {
    const field = names.indexOf(column);
    if (field >= 0) functions.wantColumn(number, field);
  });
  return new ProjectedLines(kernel, (start, end) => functions.readClf(start, end), names, cursor, target);
}
