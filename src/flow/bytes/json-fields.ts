import type { FieldReading, TakeTexts } from '../define/faster.ts';
import { Kernel } from './kernel.ts';
import { ProjectedLines } from './projected-lines.ts';
import { wantNames } from './wanted-names.ts';

/** What takes lines of JSON and gives out only some fields of each object. */
export function jsonFields(reading: FieldReading): TakeTexts {
  let lines: ProjectedLines | undefined;
  return (bytes) => {
    lines ??= create(reading);
    return lines.take(bytes);
  };
}

function create(reading: FieldReading): ProjectedLines {
  const kernel = new Kernel();
  wantNames(kernel, reading.names);
  return new ProjectedLines(kernel, (start, end) => kernel.functions.readJson(start, end), reading);
}
