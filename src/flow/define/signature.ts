import { formatDuration } from '../../base/duration.ts';
import { formatSize } from '../../base/size.ts';
import type { Parameter, Parameters } from './parameters.ts';

/** How a word is written: `listen(port, host: "127.0.0.1")`, `count`. What may be left out stands in square brackets or with its value. */
export function signature(name: string, parameters: Parameters): string {
  const parts = Object.entries(parameters).map(([parameterName, parameter]) => spell(parameterName, parameter));
  return parts.length === 0 ? name : `${name}(${parts.join(', ')})`;
}

function spell(name: string, parameter: Parameter<unknown>): string {
  if (parameter.rest) return `${name}, …`;
  if (parameter.fallback !== undefined) return `${name}: ${spellFallback(parameter)}`;
  if (parameter.required) return parameter.named ? `${name}: …` : name;
  return parameter.named ? `[${name}: …]` : `[${name}]`;
}

function spellFallback({ accepts, fallback }: Parameter<unknown>): string {
  // The one function that words fall back to is the record itself.
  if (accepts.kind === 'lambda') return '_';
  if (typeof fallback === 'number') {
    if (accepts.kind === 'duration') return formatDuration(fallback);
    if (accepts.kind === 'size') return formatSize(fallback);
  }
  return JSON.stringify(fallback);
}
