/** What a URL, or a reference to one such as the path of a request, consists of. */
interface UrlParts {
  /** In small letters, as `host` is. */
  readonly scheme: string | null;
  readonly user: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly path: string;
  /** Behind the `?`, as it is written. */
  readonly query: string;
  readonly fragment: string | null;
}

// RFC 3986, appendix B, and what section 3.1 says of schemes.
const URL = /^(?:([a-z][a-z\d+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;
/** The host may be an address of IPv6 in brackets. */
const AUTHORITY = /^(?:([^@]*)@)?(\[[\da-f:.%]+\]|[^:@[\]]*)(?::(\d*))?$/i;
const MOST_PORT = 65_535;

/** The parts of a text, decoded nowhere. Undefined where host or port are none. A password is left out. */
export function readUrl(text: string): UrlParts | undefined {
  const [, scheme, authority, path, query = '', fragment = null] = URL.exec(text.trim())!;
  const found = authority === undefined ? [] : AUTHORITY.exec(authority);
  if (found === null) return undefined;
  const [, user, host, port] = found;
  if (Number(port) > MOST_PORT) return undefined;
  return {
    scheme: scheme?.toLowerCase() ?? null,
    user: user?.split(':')[0] || null,
    host: host?.replace(/^\[|\]$/g, '').toLowerCase() || null,
    port: port ? Number(port) : null,
    path: path!,
    query,
    fragment,
  };
}

/** Names and values of the query of a URL, decoded, in order. `+` is a blank; what is not well encoded stays as it is. */
export function readQuery(text: string): readonly (readonly [name: string, value: string])[] {
  const query = text.startsWith('?') ? text.slice(1) : text;
  return query
    .split(/[&;]/)
    .filter((member) => member !== '')
    .map((member) => {
      const equals = member.indexOf('=');
      return equals < 0 ? [decoded(member), ''] : [decoded(member.slice(0, equals)), decoded(member.slice(equals + 1))];
    });
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
