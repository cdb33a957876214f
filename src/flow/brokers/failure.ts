import { RunFailure } from '../../base/problem.ts';
import { tlsFault, tlsHelp } from '../connections/tls.ts';
import { codeOf } from '../input/fault.ts';

/** What is shown of the words of a server, characters. */
const MOST_SHOWN = 400;

/** What a server answers, or that it does not speak the protocol. */
export class BrokerFault extends Error {
  /** Whether who asks again may be given another answer. */
  readonly mayPass: boolean;
  readonly help: string | undefined;

  constructor(message: string, { mayPass = false, help }: { mayPass?: boolean; help?: string | undefined } = {}) {
    super(message.slice(0, MOST_SHOWN));
    this.mayPass = mayPass;
    this.help = help;
  }
}

/** Whether a failure may pass by itself: nobody listens, the connection broke, the server is not ready. */
export function mayPass(error: unknown): boolean {
  if (error instanceof RunFailure) return false;
  if (error instanceof BrokerFault) return error.mayPass;
  return codeOf(error) !== '' && tlsFault(error) === undefined;
}

/** What a user may do about it, where that can be said. */
export function helpFor(error: unknown): string | undefined {
  return error instanceof BrokerFault ? error.help : tlsHelp(error);
}
