import type { Cursor } from '../chunk.ts';
import type { TakeTexts } from '../text-form.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines, type ProjectionTarget } from './projected-lines.ts';
import { wantNames } from './wanted-names.ts';

/** What takes lines of logfmt and gives out only some fields. `types` says whether values that are numbers are such. */
export function logfmtFields(
  names: readonly string[],
  cursor: Cursor,
  target: ProjectionTarget,
  { types }: { readonly types: boolean },
): TakeTexts {
  let lines: ProjectedLines | undefined;
  return (bytes) => {
    lines ??= create(names, cursor, target, types);
    return lines.take(bytes);
  };
}

function create(names: readonly string[], cursor: Cursor, target: ProjectionTarget, types: boolean): ProjectedLines {
  const kernel = new Kernel();
  wantNames(kernel, names);
  return new ProjectedLines(
    kernel,
    (start, end) => kernel.functions.readLogfmt(start, end, types),
    names,
    cursor,
    target,
  );
}
