import { formatSize } from '../../../base/size.ts';
import type { Value } from '../../../base/value.ts';
import type { Parameter } from '../../../flow/define/parameters.ts';

/** What the argument should have been, in words; undefined if it is right. */
export function expectation(
  parameter: Parameter<unknown>,
  value: Value,
  unit: 'duration' | 'size' | undefined,
): string | undefined {
  const { accepts, choices } = parameter;
  switch (accepts.kind) {
    case 'text':
    case 'textOrPattern':
      if (typeof value !== 'string') return 'a text such as `"…"`';
      return choices === undefined || choices.includes(value)
        ? undefined
        : `one of ${choices.map((choice) => `\`"${choice}"\``).join(', ')}`;
    case 'number':
      if (typeof value === 'number' && unit === undefined && isInRange(value, accepts)) return undefined;
      return describeRange(accepts);
    case 'duration':
      if (typeof value !== 'number' || unit === 'size') return 'a duration such as `30s`, `5m`, `1h30m`';
      return value > 0 || (value === 0 && accepts.orZero)
        ? undefined
        : 'a duration above 0 such as `30s`, `5m`, `1h30m`';
    case 'size':
      return typeof value === 'number' && unit !== 'duration' && value > 0
        ? undefined
        : `a size such as \`${formatSize(1 << 20)}\``;
    case 'durationOrSize':
      return typeof value === 'number' && unit !== undefined && value > 0
        ? undefined
        : `a duration or a size such as \`1h\` or \`${formatSize(100 << 20)}\``;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : '`true` or `false`';
    case 'list':
      return Array.isArray(value) ? undefined : 'a list such as `[1, 2]`';
    case 'states':
      return Array.isArray(value) ? undefined : 'a list such as `[["a", 1]]`, or `checkpoint("state/", "name")`';
    default:
      return undefined;
  }
}

type NumberKind = Extract<Parameter<unknown>['accepts'], { kind: 'number' }>;

function isInRange(value: number, accepts: NumberKind): boolean {
  return value >= accepts.least && value <= accepts.most && (!accepts.whole || Number.isInteger(value));
}

function describeRange({ whole, least, most }: NumberKind): string {
  const kind = whole ? 'a whole number' : 'a number';
  if (Number.isFinite(least) && Number.isFinite(most)) return `${kind} from ${least} to ${most}`;
  if (Number.isFinite(least)) return `${kind} from ${least} up`;
  return Number.isFinite(most) ? `${kind} of at most ${most}` : kind;
}
