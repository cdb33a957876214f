import { isWhat, namesOfPath, objectsOn } from '../../base/field-path.ts';
import type { Kernel } from './kernel.ts';

/** Tells a kernel the members that are wanted, as paths; the first is field 0. Of each path the objects that it goes through are among them. Called once. */
export function wantNames(kernel: Kernel, paths: readonly string[]): void {
  const { functions } = kernel;
  const texts = paths.map((path) => Buffer.from(namesOfPath(path).at(-1)!));
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  let at = functions.makeNames(paths.length, size);
  paths.forEach((path, field) => {
    const text = texts[field]!;
    const object = objectsOn(path).at(-1);
    kernel.bytes.set(text, at);
    functions.wantName(at, at + text.length, object === undefined ? 0 : paths.indexOf(object) + 1);
    if (isWhat(path)) functions.wantMembers(field);
    at += text.length;
  });
}
