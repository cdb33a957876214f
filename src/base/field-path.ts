/**
 * Paths to fields of inner objects as texts, so that sets and lists of fields hold them as they hold names, which are paths themselves:
 *
 *     status          the field of that name
 *     user\0id        the field id of the object user
 *     user\0          only what user is: null, an object, or something else
 *     \0              the same of the record
 *     \x002            where the record is a list, its item of that number
 *
 * Names with a NUL in them are no part of any path, nor is the empty one, behind which a path would look like those of the record; and neither are those that mean something else than a field
 * where they follow another one: `.text.length`.
 */
const MARK = '\0';

/** The record itself, as far as it matters what it is. */
export const RECORD = MARK;

/** Of no field. */
export const NOWHERE = MARK + MARK;

/** The path of these names, as far as they make one; undefined where not even the first does. */
export function pathOf(names: readonly string[]): string | undefined {
  const [first, ...others] = names;
  if (first === undefined || first === '' || first.includes(MARK)) return undefined;
  const end = others.findIndex((name) => !isInner(name));
  return [first, ...(end < 0 ? others : others.slice(0, end))].join(MARK);
}

/** Whether a name behind others is a field in any case. */
function isInner(name: string): boolean {
  return name !== '' && name !== 'length' && !name.includes(MARK);
}

/** Of an item of the record. */
export function itemPath(at: number): string {
  return MARK + at;
}

/** The number of the item of the record that a path is of; undefined where it is of none. */
export function itemOf(path: string): number | undefined {
  return path.startsWith(MARK) && path !== RECORD && path !== NOWHERE ? Number(whole(path).slice(1)) : undefined;
}

/** The names of a path. */
export function namesOfPath(path: string): readonly string[] {
  return whole(path).split(MARK);
}

/** Only what is there at a path. */
export function whatIs(path: string): string {
  return path + MARK;
}

/** Whether it matters only what is there, see {@link whatIs}. */
export function isWhat(path: string): boolean {
  return path.endsWith(MARK);
}

/** The path of all that is there at a path. */
export function whole(path: string): string {
  return isWhat(path) ? path.slice(0, -1) : path;
}

/** Whether a path goes into an object of the record. */
export function isNested(path: string): boolean {
  return path.indexOf(MARK) > 0;
}

/** The name of the record's own field that a path begins with; undefined where it begins with none. */
export function headOf(path: string): string | undefined {
  if (path.startsWith(MARK)) return undefined;
  const end = path.indexOf(MARK);
  return end < 0 ? path : path.slice(0, end);
}

/** A path with another name of the record's own field that it begins with. */
export function withHead(path: string, name: string): string {
  return name + path.slice(headOf(path)!.length);
}

/** A path of a value, as one of the record that has this value at `at`; undefined where it need not be a field there. */
export function pathIn(at: string, path: string): string | undefined {
  if (path === RECORD) return whatIs(at);
  const name = headOf(path);
  return name !== undefined && isInner(name) && itemOf(at) === undefined ? at + MARK + path : undefined;
}

/** The other way round: the path that it is of the value at `at`; undefined where it is not within that. */
export function pathFrom(at: string, path: string): string | undefined {
  return path.startsWith(at + MARK) && path.length > at.length + 1 ? path.slice(at.length + 1) : undefined;
}

/** The objects that a path goes through, each as {@link whatIs}, from the outermost on. */
export function objectsOn(path: string): readonly string[] {
  const names = namesOfPath(path);
  return names.slice(1).map((_, i) => whatIs(names.slice(0, i + 1).join(MARK)));
}

/** Paths without those that others say as well: fields within what is asked for as a whole. */
export function outermost(paths: Iterable<string>): readonly string[] {
  const all = new Set(paths);
  return [...all].filter((path) => {
    const names = namesOfPath(path);
    const outer = names.slice(1).map((_, i) => names.slice(0, i + 1).join(MARK));
    return !outer.some((name) => all.has(name)) && !(isWhat(path) && all.has(whole(path)));
  });
}

/** Where a path is among those of slots: itself, or for only what is there also all of it; -1 where it is not. */
export function placeOf(path: string, slots: readonly string[]): number {
  const at = slots.indexOf(path);
  return at >= 0 || !isWhat(path) ? at : slots.indexOf(whole(path));
}
