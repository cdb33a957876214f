import type { Fields } from '../../base/value.ts';

/** What is not answered, and why: an answer of HTTP in its own right. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly help: string | undefined;
  /** What else is said of it to programs. */
  readonly more: Fields;
  readonly headers: { readonly [name: string]: string };

  /** @param code in kebab-case, the same for ever. @param message one sentence without a full stop. @param help a way out. */
  constructor(
    status: number,
    code: string,
    message: string,
    help?: string,
    {
      more = {},
      headers = {},
    }: { readonly more?: Fields; readonly headers?: { readonly [name: string]: string } } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.help = help;
    this.more = more;
    this.headers = headers;
  }

  /** As it is sent. */
  get data(): Fields {
    const { code, message, help, more } = this;
    return { error: { code, message, ...(help === undefined ? {} : { help }), ...more } };
  }
}
