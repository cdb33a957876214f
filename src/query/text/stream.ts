import type { Place } from '../../base/problem.ts';
import type { Argument, Call, Expression, Stream, StreamArgument } from '../tree/tree.ts';
import { readAddress } from './address.ts';
import { ExpressionReader } from './expression.ts';
import { Mistake } from './reader.ts';
import { stagesForCommand } from './shell.ts';
import { describeToken, type Token } from './token.ts';

/** How high a stage's tree may be, in objects: nested expressions, and rows of operators such as `a + b + c + …`. */
const MAX_HEIGHT = 1000;
/** How many stages a program may have: whatever walks through a plan goes down one call a stage. */
const MAX_STAGES = 1000;

/** Reads streams and their stages. A stage with a mistake keeps its name, so that the name can still be checked. */
export abstract class StreamReader extends ExpressionReader {
  private stageCount = 0;

  /**
   * A stream of the program, to its `;` or the end; undefined if nothing of it could be read.
   *
   * @param isLet whether it stands behind `let name =`.
   */
  protected stream(isLet: boolean): Stream | undefined {
    const start = this.peek().place;
    const stages: Call[] = [];
    let after = isLet ? 'after `=`' : 'here';
    do {
      const stage = this.stage(after, false);
      if (stage !== undefined && this.stageCount <= MAX_STAGES) stages.push(stage);
      after = this.joint(stages, false);
    } while (after !== '');
    return stages.length === 0 ? undefined : { stages, place: this.since(start) };
  }

  protected streamBehind(first: Call): StreamArgument {
    return this.nested(() => this.stagesBehind(first));
  }

  private stagesBehind(first: Call): StreamArgument {
    const stages = [first];
    let after = this.joint(stages, true);
    while (after !== '') {
      const stage = this.stage(after, true);
      if (stage !== undefined && this.stageCount <= MAX_STAGES) stages.push(stage);
      after = this.joint(stages, true);
    }
    const place = this.since(first.place);
    return { kind: 'stream', stream: { stages, place }, place };
  }

  /** To the next place where a stream may go on or end, outside of brackets. */
  private skipJoints(isArgument: boolean): void {
    this.skipTo('|', ';', '||', '|>', ...(isArgument ? [','] : []));
  }

  /** One stage; undefined if not even a name could be read. */
  private stage(after: string, isArgument: boolean): Call | undefined {
    const name = this.peek();
    const start = this.index;
    try {
      if (!this.canBeName(name) || this.isSign('=>', 1)) return this.otherThanStage(after);
      this.next();
      if (++this.stageCount > MAX_STAGES) return this.stopAt(name.place);
      const call = this.withName(this.isSign('(') ? this.call(name) : this.bare(name, name.place));
      if (!isTooHigh(call)) return call;
      this.fail('too-deep', call.place, `a stage has at most ${MAX_HEIGHT} operators in a row or in each other`, {
        label: 'too deep',
        help: 'a long row of comparisons is `[a, b, c].includes(x)`',
      });
    } catch (mistake) {
      if (!(mistake instanceof Mistake)) throw mistake;
      this.reportMistake(mistake, name.place);
    }
    // From the start of the stage again: where it went wrong, brackets may have been open.
    this.index = start;
    this.skipJoints(isArgument);
    return this.canBeName(name) ? this.bare(name, this.since(name.place)) : undefined;
  }

  /** `as "paths"` behind a stage is its name. */
  private withName(call: Call): Call {
    const word = this.peek();
    if (word.kind !== 'name' || word.text !== 'as') return call;
    this.next();
    const token = this.peek();
    if (token.kind !== 'string' || token.value === '') {
      this.fail('stage-name', token.place, `expected a name in quotes behind \`as\`, found ${describeToken(token)}`, {
        label: 'the name of the stage',
        help: `\`${call.name}${call.bracketed ? '(…)' : ''} as "${token.kind === 'name' ? token.text : 'paths'}"\``,
      });
    }
    this.next();
    return { ...call, as: { name: token.value, place: token.place }, place: this.since(call.place) };
  }

  /** The rest is not read: whatever wrote so long a program can be told the one thing. */
  private stopAt(place: Place): undefined {
    while (this.peek().kind !== 'end') this.index++;
    this.report('too-deep', place, `a program has at most ${MAX_STAGES} stages`, {
      label: 'one too many',
      help: 'an expression can do the work of many stages: `map(…)`',
    });
  }

  private bare(name: Token, place: Place): Call {
    return { kind: 'call', name: name.text, namePlace: name.place, arguments: [], bracketed: false, place };
  }

  /** Nothing, or an expression, where a stage should stand. */
  private otherThanStage(after: string): Call | undefined {
    const token = this.peek();
    const isNothing = token.kind === 'end' || (token.kind === 'sign' && MISSING.has(token.text));
    if (isNothing) {
      this.report('missing-stage', token.place, `expected a stage ${after}, found ${describeToken(token)}`, {
        label: 'a stage is missing',
      });
      return undefined;
    }
    const value = this.expression(after);
    const text = this.written(this.since(token.place));
    const [stage, argument] = stageFor(value, text);
    const place = this.since(token.place);
    this.report(
      'not-a-stage',
      place,
      `expected the name of a stage, found ${value.kind === 'lambda' ? 'a lambda' : 'an expression'}`,
      {
        label: 'not a stage',
        help: `\`${stage}(${argument})\``,
      },
    );
    const list: Argument[] = [{ value }];
    const call: Call = { kind: 'call', name: stage, namePlace: place, arguments: list, bracketed: true, place };
    return isTooHigh(call) ? undefined : call;
  }

  /**
   * What stands behind a stage. Gives where the next stage stands ("after `|`"), or nothing if the stream ends here.
   *
   * @param isArgument whether the stream is an argument, which ends at `,` and `)`.
   */
  private joint(stages: Call[], isArgument: boolean): string {
    const token = this.peek();
    if (this.accept('|')) return 'after `|`';
    if (token.kind === 'end' || (isArgument ? this.isSign(',') || this.isSign(')') : this.isSign(';'))) return '';
    if (this.isWrongJoint(token)) {
      this.next();
      this.report('stage-sign', token.place, `stages are joined by \`|\`, found ${describeToken(token)}`, {
        label: 'expected `|`',
        ...(token.text === ',' && { help: 'a stream of its own stands behind `;`' }),
        ...(token.text === '.' && { help: dotHelp(this.peek().text, this.peek(1).text === '(') }),
      });
      return `after \`${token.text}\``;
    }
    if (this.isSign(';')) return '';
    const before = this.index;
    this.skipJoints(isArgument);
    if (this.index === before) this.next();
    const rest = { start: token.place.start, end: Math.max(token.place.end, this.since(token.place).end) };
    this.afterStage(token, stages.at(-1), rest);
    const last = stages.pop();
    if (last !== undefined) stages.push({ ...last, place: { start: last.place.start, end: rest.end } });
    return this.joint(stages, isArgument);
  }

  private isWrongJoint(token: Token): boolean {
    if (token.kind !== 'sign') return false;
    return (
      token.text === '||' ||
      token.text === '|>' ||
      token.text === ',' ||
      (token.text === '.' && this.peek(1).kind === 'name' && !this.isArgumentAfterBlank(token))
    );
  }

  /** Whether a field stands behind a blank, `countBy .path`, and no stage as a method, `words .map(_)`. */
  private isArgumentAfterBlank(token: Token): boolean {
    const isBehindBlank = this.since({ start: 0, end: 0 }).end < token.place.start;
    return isBehindBlank && !this.isSign('(', 2);
  }

  /** Something that cannot stand behind a stage. */
  private afterStage(token: Token, stage: Call | undefined, rest: Place): void {
    const written = this.written(rest);
    const name = stage === undefined ? 'name' : stage.name;
    if (token.kind === 'sign' && (token.text === '>' || token.text === '>>' || token.text === '<')) {
      this.reportMistake(new Mistake(redirectProblem(token)), token.place);
      return;
    }
    const address =
      stage === undefined || stage.bracketed
        ? undefined
        : readAddress(this.written({ start: stage.place.start, end: Number.POSITIVE_INFINITY }));
    if (address !== undefined && stage !== undefined) {
      const place = { start: stage.place.start, end: stage.place.start + address.length };
      this.reportMistake(new Mistake({ code: 'not-joined', place, ...address.problem }), place);
      return;
    }
    const stages = stage === undefined || stage.bracketed ? undefined : stagesForCommand(name, written);
    if (stages !== undefined) {
      this.reportMistake(
        new Mistake({
          code: 'not-joined',
          place: rest,
          message: `\`${name} ${written}\` is a command of the shell, and a program is stages joined by \`|\``,
          label: 'expected `|` or `;`',
          help: `\`${stages}\``,
        }),
        stage?.place ?? token.place,
      );
      return;
    }
    if (startsArgument(token) && stage !== undefined && !stage.bracketed) {
      this.reportMistake(
        new Mistake({
          code: 'missing-brackets',
          place: rest,
          message: `the arguments of \`${name}\` stand in brackets`,
          label: 'brackets are missing',
          help: `\`${name}(${written})\``,
        }),
        stage.place,
      );
      return;
    }
    this.reportMistake(
      new Mistake({
        code: 'not-joined',
        place: token.place,
        message: `expected \`|\` or \`;\` after \`${name}\`, found ${describeToken(token)}`,
        label: 'expected `|` or `;`',
        help: keysHelp(written) ?? '`|` joins two stages, `;` ends a stream; a condition stands in `filter(…)`',
      }),
      stage?.place ?? token.place,
    );
  }
}

/** A way out where stages are joined as methods are, or where a part of a value stands behind the bracket that the value is in. */
function dotHelp(name: string, isCalled: boolean): string {
  return isCalled
    ? `write \`| ${name}(…)\`; a method of a value stands inside of the brackets`
    : `\`.${name}\` of a value stands inside of the brackets`;
}

/** Signs at which a stage is missing rather than something else written. */
const MISSING: ReadonlySet<string> = new Set(['|', '||', '|>', ';', ',', ')']);

function startsArgument(token: Token): boolean {
  if (token.kind === 'sign') return token.text === '{' || token.text === '[' || token.text === '.';
  return token.kind === 'name' ? token.text === '_' : token.kind !== 'end';
}

/** A way out where the keys of groups stand behind `by`, as in other languages: `count by service, status`. */
function keysHelp(written: string): string | undefined {
  const [, names] = /^(?:group )?by ([\w.]+(?:, *[\w.]+)*)$/i.exec(written) ?? [];
  if (names === undefined) return undefined;
  const keys = names.split(/, */).map((name) => (name.startsWith('.') ? name : `.${name}`));
  return `\`countBy(${keys.join(', ')})\`, or with more columns \`groupBy(${keys.join(', ')}, {n: count()})\``;
}

function redirectProblem(token: Token): Mistake['problem'] {
  const isInput = token.text === '<';
  return {
    code: 'redirect',
    place: token.place,
    message: `\`${token.text}\` does not ${isInput ? 'read from' : 'write to'} a file here`,
    label: "that is the shell's",
    help: isInput
      ? '`files("name") | …`, or behind the closing quote of the program: `leat \'…\' < name`'
      : `\`… | append("name")\`, or behind the closing quote of the program: \`leat '…' ${token.text} name\``,
  };
}

/** The stage that was probably meant by an expression, and its argument. */
function stageFor(value: Expression, text: string): readonly [stage: string, argument: string] {
  if (value.kind === 'literal' && typeof value.value === 'string') return ['files', text];
  if (value.kind === 'list' && value.items.every((item) => item.kind === 'literal')) return ['queue', text];
  const body = value.kind === 'lambda' ? value.body : value;
  const isCondition =
    body.kind === 'logical' ||
    (body.kind === 'binary' && /^[=!<>]/.test(body.operator)) ||
    (body.kind === 'unary' && body.operator === '!');
  return [isCondition ? 'filter' : 'map', text];
}

/** Whether a tree is so high that whoever goes down in it by recursion could exhaust the call stack. */
function isTooHigh(call: Call): boolean {
  let level: readonly object[] = [call];
  for (let height = 0; level.length > 0; height++) {
    if (height > MAX_HEIGHT) return true;
    level = level.flatMap((node) => Object.values(node).filter((child) => typeof child === 'object' && child !== null));
  }
  return false;
}
