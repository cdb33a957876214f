import { entriesOf, fieldsOf } from '../../base/fields.ts';
import { withoutSecret, withoutSecrets } from '../../base/secrets.ts';
import type { Fields, Value } from '../../base/value.ts';
import type { Compiled } from '../../flow/define/compiled.ts';
import type { FieldPath, Key, MadeFields, NamedPath } from '../../flow/define/named-fields.ts';
import type {
  AggregateCall,
  BoundArguments,
  Column,
  ColumnValue,
  Parameter,
  ParameterKind,
  Parameters,
} from '../../flow/define/parameters.ts';
import type { WindowSpec } from '../../flow/define/window-spec.ts';
import { Pattern } from '../../flow/pattern/pattern.ts';
import type { Node, Rhythm } from './plan.ts';

/** An object of those fields that have a value. */
export function known(fields: readonly (readonly [name: string, value: Value | undefined])[]): Value {
  return fieldsOf(fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

/**
 * The arguments of a word as plain data, by parameter: defaults filled in, functions as their trees, streams left out.
 *
 * @param counts whether a parameter is among them; all are unless given.
 */
export function argumentsAsData(
  parameters: Parameters,
  values: BoundArguments,
  counts: (parameter: Parameter<unknown>) => boolean = () => true,
): Value {
  return known(
    Object.entries(parameters)
      .filter(([, parameter]) => counts(parameter))
      .map(([name, { accepts, rest }]) => {
        const value = values[name];
        if (value === undefined) return [name, undefined];
        if (!rest || accepts.kind === 'key') return [name, asData(accepts, value)];
        return [name, (value as readonly unknown[]).map((item) => asData(accepts, item))];
      }),
  );
}

function asData(accepts: ParameterKind, value: unknown): Value {
  switch (accepts.kind) {
    case 'lambda':
      return (value as Compiled).tree;
    case 'key': {
      const { of, columns } = value as Key;
      if (accepts.asList) return of.tree;
      return fieldsOf([
        ['of', of.tree],
        ['columns', columns.map(({ name }) => name)],
      ]);
    }
    case 'path':
      return (value as FieldPath).of.tree;
    case 'fields':
      return (value as MadeFields).of.tree;
    case 'namedPaths':
      return (value as readonly NamedPath[]).map(({ name, path }) => [name, path.of.tree]);
    case 'aggregates':
      return (value as readonly Column[]).map(({ name, value: held }) => [name, ...heldAsData(held)]);
    case 'result':
      return heldAsData(value as ColumnValue);
    case 'states':
      return Array.isArray(value) ? value : argumentsAsData(accepts.kept, value as BoundArguments);
    case 'text':
      if (accepts.isSecret !== true) return value as string;
      // A path that may be an address is none where it is no URL.
      return accepts.isPath === true ? withoutSecrets(value as string) : withoutSecret(value as string);
    case 'constant': {
      if (accepts.isSecret !== true) return value as Value;
      return fieldsOf(entriesOf(value as Fields).map(([name, text]) => [name, withoutSecret(String(text))]));
    }
    default:
      return value instanceof Pattern ? ['pattern', value.source, value.flags] : (value as Value);
  }
}

export function aggregateAsData({ word, arguments: args }: AggregateCall): readonly Value[] {
  return [word.name, argumentsAsData(word.parameters, args)];
}

function heldAsData(held: ColumnValue): readonly Value[] {
  if (held.kind === 'aggregate') return aggregateAsData(held);
  if (held.kind === 'function') return [held.f.tree, ...held.of.map(heldAsData)];
  return [held.word.name, argumentsAsData(held.word.parameters, { ...held.arguments, value: held.value })];
}

/**
 * A window as plain data. One that slides with each batch says no slide, however that was written; where late records are written is left
 * out, since nothing depends on it.
 */
function windowAsData(spec: WindowSpec, rhythm: Rhythm): Value {
  const { kind } = spec;
  if (kind === 'running') return fieldsOf([['kind', kind]]);
  const { length, filter } = spec;
  const slide = kind === 'event' ? spec.slide : rhythm.kind === 'slides' ? rhythm.slide : undefined;
  const own: readonly (readonly [string, Value | undefined])[] =
    kind === 'batches'
      ? []
      : [
          ['on', spec.on.tree],
          ['late', spec.late],
          ['idle', spec.idle],
          ['future', spec.future],
          ['emit', spec.emit],
          ['zone', spec.zone],
        ];
  return known([['kind', kind], ['length', length], ['slide', slide], ...own, ['filter', filter?.tree]]);
}

/** The window of a node, or the window that it is, as plain data. */
export function windowOf(node: Node): Value | undefined {
  if (node.kind === 'window') return windowAsData(node.spec, node.rhythm);
  return node.kind === 'stage' && node.window !== undefined ? windowAsData(node.window.spec, node.rhythm) : undefined;
}
