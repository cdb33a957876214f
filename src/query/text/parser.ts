import type { Problem } from '../../base/problem.ts';
import type { Let, Program, Stream } from '../tree/tree.ts';
import { StreamReader } from './stream.ts';

/** What was read of a program's text. */
export interface Parsed {
  /** All of the program if there are no problems. Otherwise what could be read: a stage whose place holds a problem may lack arguments. */
  readonly program: Program;
  /** All mistakes, in the order of their places. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the text of a program into its tree (LANGUAGE.md sections 1 and 2). Never throws: whatever is wrong is a problem, and after a
 * mistake reading goes on at the next `|` or `;`. It knows shapes, not names: which stages exist is not its matter.
 */
export function parseProgram(text: string): Parsed {
  return new ProgramReader(text).read();
}

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
    return { program: { lets: this.lets, streams: this.streams }, problems };
  }

  /** A `let` or a stream, to its `;` or the end. */
  private part(): void {
    const token = this.peek();
    const isLet = token.kind === 'name' && LETS.has(token.text);
    if (isLet) {
      this.let();
      return;
    }
    const stream = this.stream(false);
    if (stream !== undefined) this.streams.push(stream);
  }

  private let(): void {
    const start = this.next().place;
    const name = this.peek();
    const word = this.written(start);
    if (word !== 'let' || !this.canBeName(name) || !this.isSign('=', 1)) {
      this.report(
        'let-form',
        { start: start.start, end: name.place.end },
        'a stream gets a name by `let name = stream;`',
        {
          label:
            word !== 'let'
              ? 'expected `let`'
              : this.canBeName(name)
                ? '`=` is missing behind the name'
                : 'a name is missing',
        },
      );
      this.skipTo(';');
      return;
    }
    this.index += 2;
    const stream = this.stream(true) ?? this.standIn();
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
    if (this.streams.length > 0) {
      this.report(
        'let-after-stream',
        { start: start.start, end: name.place.end },
        '`let` streams stand before all others',
        {
          label: 'it stands behind a stream',
          help: 'move it to the front',
          also: { place: this.streams[0]!.place, label: 'the first stream' },
        },
      );
    }
  }

  /** A stream that was lost to mistakes still has a name, and that name must not seem unknown. */
  private standIn(): Stream {
    const { place } = this.peek();
    const stdin = { kind: 'call', name: 'stdin', namePlace: place, arguments: [], bracketed: false, place } as const;
    return { stages: [stdin], place };
  }
}
