import type { Place, Problem } from '../../base/problem.ts';
import type { Let, Program, Stream } from '../tree/tree.ts';
import { programForSql } from './sql.ts';
import { StreamReader } from './stream.ts';
import type { Token } from './token.ts';

/** What was read of a program's text. */
interface Parsed {
  /** All of the program if there are no problems; otherwise what could be read of it. */
  readonly program: Program;
  /** All mistakes, in the order of their places. */
  readonly problems: readonly Problem[];
  /**
   * The places of the stages that have a mistake. They may lack arguments, so that what else seems wrong with them is most likely a
   * consequence, and not to be reported.
   */
  readonly suspect: readonly Place[];
}

/**
 * Reads the text of a program into its tree (LANGUAGE.md sections 1 and 2). Never throws: whatever is wrong is a problem, and after a
 * mistake reading goes on at the next `|` or `;`. It knows shapes, not names: which stages exist is not its matter.
 */
export function parseProgram(text: string): Parsed {
  return new ProgramReader(text).read();
}

const LET_FORM = 'a stream gets a name by `let name = stream;`';

/** Words that would give a stream a name; only the first one does. */
const LETS: ReadonlySet<string> = new Set(['let', 'const', 'var']);

class ProgramReader extends StreamReader {
  private readonly lets: Let[] = [];
  private readonly streams: Stream[] = [];

  read(): Parsed {
    if (this.peek().kind === 'end' && this.problems.length === 0) {
      this.report('empty-program', this.peek().place, 'expected a stage, found an empty program', {
        label: 'nothing here',
        help: 'the shortest programs are single stages: `count`',
      });
    }
    if (this.isQuery()) this.query();
    while (this.peek().kind !== 'end') {
      this.part();
      this.accept(';');
    }
    if (this.streams.length === 0 && this.lets.length > 0) {
      this.report(
        'no-output',
        this.peek().place,
        'expected a stream that gives something out behind the `let` streams',
        {
          label: 'a stream is missing',
          help: `\`${this.lets[0]!.name} | print\``,
        },
      );
    }
    const problems = this.problems.toSorted((a, b) => a.place.start - b.place.start);
    return { program: { lets: this.lets, streams: this.streams }, problems, suspect: this.suspect() };
  }

  private suspect(): Place[] {
    const starts = this.problems.flatMap(({ place, also }) => [place.start, also?.place.start ?? place.start]);
    return [...this.lets.map(({ stream }) => stream), ...this.streams]
      .flatMap(({ stages }) => stages.map(({ place }) => place))
      .filter((place) => starts.some((start) => start >= place.start && start <= place.end));
  }

  /** `select a, …`: a stage of that name would have brackets. */
  private isQuery(): boolean {
    const [word, next] = [this.peek(), this.peek(1)];
    if (word.kind !== 'name' || word.text.toLowerCase() !== 'select' || next.kind === 'end') return false;
    return next.kind !== 'sign' || next.text === '*';
  }

  /** All of the text, whatever else is wrong with it as a program. */
  private query(): void {
    this.problems.length = 0;
    const { place } = this.peek();
    while (this.peek().kind !== 'end') this.next();
    const query = this.text.slice(place.start);
    this.report('sql', place, '`select` is SQL, and a program here is stages joined by `|`', {
      label: 'expected a source or a stage',
      help: `\`${programForSql(query)}\``,
    });
  }

  /** A `let` or a stream, to its `;` or the end. */
  private part(): void {
    const token = this.peek();
    if (token.kind === 'name' && (LETS.has(token.text) || this.isVal(token))) {
      this.let(this.next());
    } else if (this.canBeName(token) && this.isSign('=', 1)) {
      this.let(undefined);
    } else {
      const stream = this.stream(false);
      if (stream !== undefined) this.streams.push(stream);
    }
  }

  /** `val lines = …`, as in Scala. */
  private isVal(token: Token): boolean {
    return token.text === 'val' && this.peek(1).kind === 'name' && this.isSign('=', 2);
  }

  /** @param word the `let`, or what stands in its place; it has been read. */
  private let(word: Token | undefined): void {
    const name = this.peek();
    const place = { start: (word ?? name).place.start, end: name.place.end };
    if (!this.canBeName(name)) {
      this.report('let-form', place, LET_FORM, { label: 'a name is missing' });
      this.skipTo(';');
      return;
    }
    this.next();
    const isGiven = this.accept('=');
    if (!isGiven || word?.text !== 'let') {
      this.report('let-form', place, LET_FORM, {
        label: isGiven ? 'expected `let` before the name' : '`=` is missing behind the name',
        help: `\`let ${name.text} = …;\``,
      });
    }
    if (!isGiven) this.skipTo(';');
    this.define(name, place, (isGiven ? this.stream(true) : undefined) ?? this.standIn());
  }

  private define(name: Token, place: Place, stream: Stream): void {
    const first = this.lets.find((other) => other.name === name.text);
    if (first !== undefined) {
      this.report('let-twice', name.place, `two \`let\` streams are named \`${name.text}\``, {
        label: 'the second one',
        help: 'give it another name',
        also: { place: first.namePlace, label: 'the first one' },
      });
      return;
    }
    this.lets.push({ name: name.text, namePlace: name.place, stream });
    if (this.streams.length === 0) return;
    this.report('let-after-stream', place, '`let` streams stand before all others', {
      label: 'it stands behind a stream',
      help: 'move it to the front',
      also: { place: this.streams[0]!.place, label: 'the first stream' },
    });
  }

  /** A stream that was lost to mistakes still has a name, and that name must not seem unknown. */
  private standIn(): Stream {
    const { place } = this.peek();
    const stdin = { kind: 'call', name: 'stdin', namePlace: place, arguments: [], bracketed: false, place } as const;
    return { stages: [stdin], place };
  }
}
