import type { Origin } from '../define/chunk.ts';
import type { SourceContext } from '../define/context.ts';
import type { Framer } from '../define/framer.ts';

/** Opens a new place where data comes from that nobody can give again: kept, where the run is, before it is cut into records. */
export function receive(name: string, context: SourceContext, framer: (origin: Origin) => Framer): Framer {
  return context.receive?.(name) ?? framer(context.origin(name));
}
