import type { FileSystem } from '../../flow/define/file-system.ts';
import { readFrames } from './frames.ts';
import { headOf, pathOf, wrongHead } from './names.ts';

/**
 * What stands in a file of results that are served.
 *
 * @param end up to where it counts, in bytes.
 * @throws Error that says how it is damaged, or the system's.
 */
export function readResults(files: FileSystem, directory: string, number: number, end: number): readonly Buffer[] {
  const path = pathOf(directory, 'results', number);
  const bytes = files.read(path, 0, end);
  const wrong = wrongHead(bytes, 'results')?.how;
  const { records, end: whole } = readFrames(bytes, headOf('results').length);
  if (wrong !== undefined || whole !== end) throw new Error(`${path}: ${wrong ?? 'it is not what was written'}`);
  return records;
}
