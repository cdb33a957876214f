import type { TextFault } from '../../base/problem.ts';
import { text } from '../define/parameters.ts';

/** `${NAME}`: the variable of the environment of that name. */
const VARIABLE = /\$\{([^}]*)\}/g;

/** Scheme, user and password, host and port, and the rest, of a URL in which variables may stand. */
const URL_PARTS = /^([a-z][a-z\d+.-]*:\/\/)(?:([^/?#]*)@)?([^/?#]*)(.*)$/is;

type Environment = { readonly [name: string]: string | undefined };

/**
 * An argument that is needed to get at something and is nobody else's matter: a URL with a password, a token. `${NAME}` in it stands for a
 * variable of the environment, and what it says is shown nowhere: who uses it asks {@link filledIn} for it when it connects.
 */
export const secret = (docs: string, settings: Parameters<typeof text>[1] = {}) =>
  text(docs, { ...settings, isSecret: true }).checked(variableFault);

/** What is wrong with the variables in a text, if anything: one that is not set, or is no name. */
export function variableFault(value: string, environment: Environment = process.env): TextFault | undefined {
  for (const match of value.matchAll(VARIABLE)) {
    const name = match[1]!;
    const at = { start: match.index, end: match.index + match[0].length };
    if (!/^\w+$/.test(name)) {
      const help = 'a variable of the environment is written `${NAME}`';
      return { code: 'missing-secret', message: `\`${match[0]}\` names no variable`, label: 'no name', help, at };
    }
    if (environment[name] !== undefined) continue;
    return {
      code: 'missing-secret',
      message: `the environment has no variable ${name}`,
      label: 'not set',
      help: `set it in front of the command: \`export ${name}=…\``,
      at,
    };
  }
  return undefined;
}

/**
 * The text with what its variables say. In a URL that is put in so that it means itself: a password may have any sign in it, also one that means something in a URL. A variable
 * that the text begins with, and those of the host, are put in as they are.
 *
 *     postgres://app:${PGPASSWORD}@${DBHOST}/shop      ${DATABASE_URL}
 */
export function filledIn(value: string, environment: Environment = process.env): string {
  const raw = (part: string) => part.replace(VARIABLE, (_whole, name: string) => environment[name] ?? '');
  const encoded = (part: string) =>
    part.replace(VARIABLE, (_whole, name: string) => encodeURIComponent(environment[name] ?? ''));
  const parts = URL_PARTS.exec(value);
  if (parts === null) return raw(value);
  const [, scheme, user, host, rest] = parts;
  return `${scheme}${user === undefined ? '' : `${encoded(user)}@`}${raw(host!)}${encoded(rest!)}`;
}

/** Schemes whose user without a password is a token. */
const TOKEN_SCHEMES = /^(?:nats|tls):/i;

/** Whether a URL has a password, or a token in the place of one, in it that no variable stands for. */
export function hasOpenPassword(value: string): boolean {
  const user = URL_PARTS.exec(value)?.[2];
  const isToken = TOKEN_SCHEMES.test(value) && user?.includes(':') === false;
  const password = isToken ? user : user?.split(':').slice(1).join(':');
  return password !== undefined && password !== '' && !password.includes('${');
}

/** What a URL is called in messages: without user, password, and what stands behind a question mark. */
export function calledPlace(place: string): string {
  return place.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, '$1').replace(/\?.*$/, '');
}

/** Whether a variable stands for a part of a text at least. */
export function hasVariable(value: string): boolean {
  return value.includes('${');
}

/** What a user is told where a password stands in the program. */
export const OPEN_PASSWORD =
  'the password stands in the program, where others may read it, as in the list of processes: write `${NAME}`, and put it into the environment';
