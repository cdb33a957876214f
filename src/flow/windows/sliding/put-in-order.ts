import type { SlidingGroup } from './sliding-group.ts';

/** Only groups whose oldest pane left are out of place; those without any are left out. */
export function putInOrder<S>(groups: readonly SlidingGroup<S>[]): SlidingGroup<S>[] {
  const moved = groups.filter((group) => group.hasMoved && !group.isEmpty).sort((a, b) => a.order - b.order);
  const ordered: SlidingGroup<S>[] = [];
  let next = 0;
  for (const group of groups) {
    if (group.hasMoved) continue;
    while (next < moved.length && moved[next]!.order < group.order) ordered.push(moved[next++]!);
    ordered.push(group);
  }
  for (; next < moved.length; next++) ordered.push(moved[next]!);
  for (const group of moved) group.hasMoved = false;
  return ordered;
}
