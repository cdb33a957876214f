import { visible } from '../../base/visible.ts';
import type { Move } from '../../flow/define/context.ts';
import type { Screen } from './screen.ts';

/** What keys do; those of tables only where there is one. */
const KEYS: readonly (readonly [keys: string, meaning: string, isOfTables?: true])[] = [
  ['p', 'hold the view, or go on'],
  ['up down PgUp PgDn', 'scroll rows, Home and End too', true],
  ['left right', 'scroll columns', true],
  ['s', 'sort by the next column', true],
  ['S', 'sort the other way round', true],
  ['/', 'only rows that hold a text', true],
  ['Esc', 'all rows again', true],
  ['q  Ctrl-C', 'end the run'],
  ['?', 'show these keys, or hide them'],
];

const MOVES: { readonly [key: string]: Move } = {
  up: 'up',
  down: 'down',
  left: 'left',
  right: 'right',
  pageUp: 'pageUp',
  pageDown: 'pageDown',
  ' ': 'pageDown',
  home: 'home',
  end: 'end',
  s: 'sort',
  S: 'reverse',
};

/** What a viewer works on. */
type Viewed = Pick<Screen, 'paused' | 'pause' | 'move' | 'setNotice' | 'setPrompt'>;

/** Does on a screen what the keys of the user say, but for those that end the run. */
export class Viewer {
  private readonly screen: Viewed;
  private readonly hasTables: boolean;
  /** The text that is being typed behind `/`. */
  private typed: string | undefined;
  private hasHelp = false;

  /** @param hasTables whether there is something drawn in place that can be scrolled. */
  constructor(screen: Viewed, hasTables: boolean) {
    this.screen = screen;
    this.hasTables = hasTables;
  }

  /** Whether keys are letters of a text now. */
  get isTyping(): boolean {
    return this.typed !== undefined;
  }

  press(key: string): void {
    if (this.typed !== undefined) this.type(this.typed, key);
    else if (key === '?') this.help(!this.hasHelp);
    else if (key === 'escape' && !this.hasHelp) this.filter('');
    else {
      this.help(false);
      this.act(key);
    }
  }

  private act(key: string): void {
    const move = MOVES[key];
    if (key === 'p') this.screen.pause(!this.screen.paused);
    else if (key === '/' && this.hasTables) this.ask('');
    else if (move !== undefined && this.hasTables) this.screen.move(move);
  }

  private type(text: string, key: string): void {
    if (key === 'enter' || key === 'escape') {
      this.typed = undefined;
      this.screen.setPrompt(undefined);
      if (key === 'escape') this.filter('');
    } else if (key === 'backspace') this.ask([...text].slice(0, -1).join(''));
    else if ([...key].length === 1 && visible(key) === key) this.ask(text + key);
  }

  private ask(text: string): void {
    this.typed = text;
    this.screen.setPrompt(`/${text}`);
    this.filter(text);
  }

  private filter(text: string): void {
    if (this.hasTables) this.screen.move({ filter: text });
  }

  private help(isShown: boolean): void {
    if (isShown === this.hasHelp) return;
    this.hasHelp = isShown;
    const lines = KEYS.filter(([, , isOfTables]) => this.hasTables || isOfTables !== true).map(
      ([keys, meaning]) => `${keys.padEnd(17)}  ${meaning}`,
    );
    this.screen.setNotice(isShown ? lines : undefined);
  }
}
