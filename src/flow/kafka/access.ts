/** How brokers are reached: encrypted or not, and as whom. */
import { filledIn, hasVariable, OPEN_PASSWORD, secret } from '../connections/secrets.ts';
import { readTls, type TlsSecrets, tlsToServer } from '../connections/tls.ts';
import { type Bound, filePath, text } from '../define/parameters.ts';

const APART = { named: true, apart: true } as const;

/** What source and sink take. The key of a certificate is no `key:`, which is that of a record. */
export const accessParameters = {
  tls: tlsToServer.tls,
  ca: tlsToServer.ca,
  cert: filePath('a file with the certificate to show to brokers that want one', { ...APART, with: 'tls' }).optional(),
  certKey: filePath('a file with the key of `cert`, where it does not stand in the same', {
    ...APART,
    with: 'cert',
  }).optional(),
  user: secret('who to log in as (SASL)', { ...APART, with: 'password' }).optional(),
  password: secret('the password of `user`: `"${KAFKA_PASSWORD}"` is a variable of the environment', {
    ...APART,
    with: 'user',
  }).optional(),
  sasl: text('how the password is told: as it is, or so that nobody who listens learns it', {
    ...APART,
    with: 'user',
    choices: ['plain', 'scram-sha-256', 'scram-sha-512'],
  }).or('plain'),
};

type AccessArguments = Bound<typeof accessParameters>;

/** What the driver is told. */
export interface Access {
  readonly ssl?: TlsSecrets;
  readonly sasl?: { readonly mechanism: string; readonly username: string; readonly password: string };
}

/**
 * Reads the files, and fills in the secrets.
 *
 * @param exit 3 of a source, 4 of a sink.
 * @throws RunFailure where a file cannot be read.
 */
export function accessOf({ tls, ca, cert, certKey, user, password, sasl }: AccessArguments, exit: 3 | 4): Access {
  return {
    ...(tls && { ssl: readTls({ ca, cert, key: certKey ?? cert }, exit) }),
    ...(user !== undefined &&
      password !== undefined && {
        sasl: { mechanism: sasl, username: filledIn(user), password: filledIn(password) },
      }),
  };
}

/** Says what others could read of a password. */
export function warnOfPassword({ tls, sasl, password }: AccessArguments, note: (message: string) => void): void {
  if (password === undefined) return;
  if (!hasVariable(password)) note(OPEN_PASSWORD);
  if (!tls && sasl === 'plain') {
    note(
      'the password goes over the network as it is: write `tls: true`, or `sasl: "scram-sha-512"` where the broker has it',
    );
  }
}
