/** What goes wrong with brokers, and what of it may pass. */
import { tlsFault, tlsHelp } from '../connections/tls.ts';
import { loadDriver } from '../drivers/driver.ts';
import { KAFKA } from './driver.ts';

/** The type of a failure that the broker told, as in `OFFSET_OUT_OF_RANGE`; empty of others. */
export function typeOf(error: unknown): string {
  const { type } = error as { type?: unknown };
  return typeof type === 'string' ? type : '';
}

/** The failure itself, of one that only says that it came about several times. */
export function causeOf(error: unknown): unknown {
  const { name, cause } = error as { name?: unknown; cause?: unknown };
  return name === 'KafkaJSNumberOfRetriesExceeded' && cause !== undefined ? cause : error;
}

/** What a broker tells that the driver has no words for, and whether that may pass. */
const OTHERS: { readonly [code: number]: readonly [type: string, words: string, mayPass: boolean] } = {
  90: ['PRODUCER_FENCED', 'There is a newer producer with the same transactionalId', false],
  100: ['UNKNOWN_TOPIC_ID', 'The topic is not there any more', true],
  103: ['INCONSISTENT_TOPIC_ID', 'The topic is another one by now', true],
};

/** The failure of brokers that answer, and give nothing that could be gone on with. @param what they were asked for. */
export function nothingNew(what: string): Error {
  return Object.assign(new Error(`the broker gives no whole batch of ${what}`), { retriable: true });
}

/** The failure that stands for a code of the broker. */
export function failureOf(code: number): Error {
  const { createErrorFromCode } = loadDriver<{ createErrorFromCode(code: number): Error }>(
    KAFKA,
    'kafkajs/src/protocol/error',
  );
  const other = OTHERS[code];
  return other === undefined
    ? createErrorFromCode(code)
    : Object.assign(new Error(other[1]), { type: other[0], retriable: other[2] });
}

/** Failures that the driver gives up at, of brokers that have just begun or do not answer. */
const GIVEN_UP: ReadonlySet<unknown> = new Set([
  'KafkaJSGroupCoordinatorNotFound',
  'KafkaJSLockTimeout',
  'KafkaJSTimeout',
]);

/** Whether a failure may pass: who asks again may be given an answer. */
export function mayPass(error: unknown): boolean {
  if (tlsFault(error) !== undefined) return false;
  const { retriable, name } = error as { retriable?: unknown; name?: unknown };
  return retriable === true || GIVEN_UP.has(name);
}

const NO_PASSWORD =
  'the brokers take no password at this port: leave out `user:` and `password:`, or take another port';
const NO_TLS = 'the other end may not speak TLS: leave out `tls: true`, or take the port where it does';
const NO_MECHANISM = 'name one that they have: `sasl: "scram-sha-512"`, `"scram-sha-256"` or `"plain"`';

/** What a user may do about a failure, by its type. */
const HELP: { readonly [type: string]: string } = {
  ILLEGAL_SASL_STATE: NO_PASSWORD,
  UNSUPPORTED_SASL_MECHANISM: NO_MECHANISM,
  UNKNOWN_TOPIC_OR_PARTITION: 'the brokers make no topics by themselves: `kafka-topics.sh --create --topic NAME`',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    'the user needs the right to write and describe transactional ids, and to read groups, that begin with `leat-`',
  GROUP_AUTHORIZATION_FAILED: 'the user needs the right to read groups that begin with `leat-`',
};

/** What a user may do about a failure, where that can be said. */
export function helpFor(error: unknown): string | undefined {
  const words = error instanceof Error ? error.message : '';
  if (/before secure TLS connection/.test(words)) return NO_TLS;
  if (/mechanism is not supported/.test(words)) return NO_MECHANISM;
  return tlsHelp(error) ?? HELP[typeOf(error)];
}
