/** Certificates that openssl makes for a test, in a directory of the test. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(directory: string, ...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Names by which a server on loopback is reached. */
export const LOOPBACK = 'DNS:localhost,IP:127.0.0.1';

/** `NAME.pem` with `NAME.key`, signed by itself: whoever trusts the certificate trusts the server. */
export function certify(directory: string, name = 'server', hosts = LOOPBACK): void {
  const what = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${hosts}`, '-days', '2'];
  openssl(directory, 'req', '-x509', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.pem`, ...what);
}

/** Who signs: `ca.pem` with `ca.key`. */
export function authority(directory: string): void {
  openssl(directory, 'req', '-x509', ...KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test', '-days', '2');
}

/** `NAME.pem` with `NAME.key`, signed by `ca.pem`. @param days for which it counts. */
export function signed(directory: string, name: string, hosts = LOOPBACK, days = 2): void {
  writeFileSync(join(directory, `${name}.ext`), `subjectAltName=${hosts}\n`);
  openssl(directory, 'req', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  const made = ['-out', `${name}.pem`, '-days', String(days), '-extfile', `${name}.ext`];
  openssl(directory, 'x509', '-req', '-in', `${name}.csr`, ...by, ...made);
}
