import type { Cursor } from '../define/chunk.ts';
import type { TakeTexts } from '../define/text-form.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, type ProjectionTarget } from './projected-lines.ts';
import { wantNames } from './wanted-names.ts';

/** Whether values that are numbers become such, and in which fields they do not. */
interface ValueTypes {
  readonly numbers: boolean;
  readonly texts: ReadonlySet<string>;
}

/** What takes lines of logfmt and gives out only some fields. */
export function logfmtFields(
  names: readonly string[],
  cursor: Cursor,
  target: ProjectionTarget,
  types: ValueTypes,
): TakeTexts {
  let lines: ProjectedLines | undefined;
  return (bytes) => {
    lines ??= create(names, cursor, target, types);
    return lines.take(bytes);
  };
}

function create(
  names: readonly string[],
  cursor: Cursor,
  target: ProjectionTarget,
  { numbers, texts }: ValueTypes,
): ProjectedLines {
  const kernel = new Kernel();
  const { functions } = kernel;
  wantNames(kernel, names);
  const read = (start: number, end: number) => functions.readLogfmt(start, end, numbers);
  const lines = new ProjectedLines(kernel, read, names, cursor, target);
  names.forEach((name, field) => {
    if (texts.has(name)) functions.keepText(field);
  });
  return lines;
}
