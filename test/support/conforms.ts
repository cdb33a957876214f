/** Whether values are what the plan of a program says of them. */
import { entriesOf } from '../../src/base/fields.ts';
import { SpeltNumber } from '../../src/base/spelt-number.ts';
import { formatType, type Type } from '../../src/base/type.ts';
import { isFields, isList, type Value } from '../../src/base/value.ts';
import { passingOn, type Step } from '../../src/flow/define/step.ts';
import type { Node } from '../../src/query/plan/plan.ts';
import { printExpression } from '../../src/query/text/printer.ts';
import type { Watcher } from '../../src/run/local/steps/watcher.ts';

/** Where a value is not of a type, and why; undefined where it is. Null is of every type. */
export function nonconforming(value: Value, type: Type, at = '_'): string | undefined {
  if (value === null || type.kind === 'unknown') return undefined;
  switch (type.kind) {
    case 'null':
      return `${at} is not null`;
    case 'number':
      return ['number', 'bigint'].includes(typeof value) || value instanceof SpeltNumber
        ? undefined
        : `${at}: no number`;
    case 'boolean':
    case 'string':
      return typeof value === type.kind ? undefined : `${at}: no ${type.kind}`;
    case 'list':
      if (!isList(value)) return `${at}: no list`;
      return firstOf(value.map((item, i) => nonconforming(item, type.item, `${at}[${i}]`)));
    case 'pair':
      if (!isList(value) || value.length !== 2) return `${at}: no pair`;
      return nonconforming(value[0]!, type.key, `${at}[0]`) ?? nonconforming(value[1]!, type.value, `${at}[1]`);
    case 'object':
      if (!isFields(value)) return `${at}: no object`;
      return firstOf(
        entriesOf(value).map(([name, inner]) => {
          const field = type.fields.get(name);
          if (field !== undefined) return nonconforming(inner, field, `${at}.${name}`);
          return type.whole ? `${at} has the field ${name} as well` : undefined;
        }),
      );
  }
}

function firstOf(faults: readonly (string | undefined)[]): string | undefined {
  return faults.find((fault) => fault !== undefined);
}

/** Looks at all that goes from one node to the next, by the row form. */
export class Conforming implements Watcher {
  readonly faults: string[] = [];
  seen = 0;

  around(node: Node, down: Step, create: (down: Step) => readonly Step[]): readonly Step[] {
    return create(this.behind(node, down));
  }

  behind(node: Node, down: Step): Step {
    return passingOn(down, {
      ...down,
      faster: () => undefined,
      push: (record) => {
        this.seen++;
        const fault = nonconforming(record, node.type);
        if (fault !== undefined)
          this.faults.push(`${printExpression(node.call)} gives ${formatType(node.type)}: ${fault}`);
        down.push(record);
      },
    });
  }
}
