/** A request that is not taken, and why: an answer of HTTP in its own right. */
export class Refused extends Error {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };

  /** @param message one sentence without a full stop; nothing in it is secret. */
  constructor(status: number, message: string, headers: { readonly [name: string]: string } = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** What is not taken now, and may be later. */
export function busy(message: string): Refused {
  return new Refused(429, message, { 'retry-after': '1' });
}

/** What came is not taken, and who sent it has to send it again, here or to who comes after this. */
export function ending(): Refused {
  return new Refused(503, 'this run of leat is at its end', { 'retry-after': '1' });
}
