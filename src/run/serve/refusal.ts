import type { Fields } from '../../base/value.ts';
import { Refused } from '../../flow/http/refused.ts';

/** What is not answered, with what programs are told of it. */
export class Refusal extends Refused {
  readonly code: string;
  readonly help: string | undefined;
  /** What else is said of it to programs. */
  readonly more: Fields;

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
    super(status, message, headers);
    this.code = code;
    this.help = help;
    this.more = more;
  }

  /** As it is sent. */
  get data(): Fields {
    const { code, message, help, more } = this;
    return { error: { code, message, ...(help === undefined ? {} : { help }), ...more } };
  }
}
