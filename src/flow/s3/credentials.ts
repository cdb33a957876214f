/** Who asks, and where: as the tools of AWS find it, in the environment, then in the files of profiles. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RunFailure } from '../../base/problem.ts';
import { endpointFault } from './address.ts';
import type { S3Place } from './parameters.ts';

type Environment = { readonly [name: string]: string | undefined };

/** What a request is signed by. Nothing of it may be shown. */
export interface Credentials {
  readonly id: string;
  readonly secret: string;
  /** Goes with those that are valid for a while. */
  readonly token: string | undefined;
}

export interface Access extends Credentials {
  readonly region: string;
  readonly endpoint: string | undefined;
  /** Whether others may come to stand in their place: in a file. */
  readonly mayChange: boolean;
}

type Profile = { readonly [name: string]: string | undefined };

/** Where Amazon's buckets are unless something says otherwise. */
const DEFAULT_REGION = 'us-east-1';

/**
 * @param place what the program says, which counts first.
 * @param exit 3 of a source, 4 of a sink.
 * @throws RunFailure where there are no credentials, or the endpoint is none.
 */
export function findAccess(place: S3Place, exit: 3 | 4, environment: Environment = process.env): Access {
  const name = environment.AWS_PROFILE ?? environment.AWS_DEFAULT_PROFILE ?? 'default';
  const home = join(environment.HOME ?? homedir(), '.aws');
  const config = profileIn(
    environment.AWS_CONFIG_FILE ?? join(home, 'config'),
    name === 'default' ? name : `profile ${name}`,
  );
  const shared = profileIn(environment.AWS_SHARED_CREDENTIALS_FILE ?? join(home, 'credentials'), name);
  const { credentials, mayChange } = credentialsOf(environment, { ...config, ...shared });
  if (credentials === undefined) {
    const profile = name === 'default' ? '' : ` of the profile ${name}`;
    throw new RunFailure(
      'no-credentials',
      exit,
      `there are no credentials for S3${profile}: neither the environment nor ~/.aws/credentials has them`,
      'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as `eval "$(aws configure export-credentials --format env)"` does for those of a role or of SSO',
    );
  }
  const endpoint =
    place.endpoint ??
    (environment.AWS_ENDPOINT_URL_S3 || environment.AWS_ENDPOINT_URL || config.endpoint_url || undefined);
  const fault = endpoint === undefined ? undefined : endpointFault(endpoint);
  if (fault !== undefined)
    throw new RunFailure(
      'no-endpoint',
      exit,
      'what the environment (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL) or ~/.aws/config says of where S3 is, is no address',
      fault,
    );
  return {
    ...credentials,
    mayChange,
    region: place.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? config.region ?? DEFAULT_REGION,
    endpoint,
  };
}

/** Those of the environment where it has both parts and names no profile, as the tools of AWS take them. */
function credentialsOf(environment: Environment, profile: Profile) {
  const own = {
    id: environment.AWS_ACCESS_KEY_ID,
    secret: environment.AWS_SECRET_ACCESS_KEY,
    token: environment.AWS_SESSION_TOKEN,
  };
  const kept = {
    id: profile.aws_access_key_id,
    secret: profile.aws_secret_access_key,
    token: profile.aws_session_token,
  };
  const isOwn = !!own.id && !!own.secret && !environment.AWS_PROFILE;
  const { id, secret, token } = isOwn ? own : kept;
  const credentials: Credentials | undefined = id && secret ? { id, secret, token: token || undefined } : undefined;
  return { credentials, mayChange: !isOwn };
}

/** What stands in a section of a file; nothing where there is none. */
function profileIn(path: string, section: string): Profile {
  let lines: readonly string[] = [];
  try {
    lines = readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    // There need be none.
  }
  const found: { [name: string]: string } = Object.create(null);
  let isThere = false;
  for (const line of lines) {
    const [, header] = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line) ?? [];
    if (header !== undefined) isThere = header.replace(/\s+/g, ' ') === section;
    // What is set in belongs to the line before (`s3 =`).
    const [, name, value] = (isThere && /^(\w+)\s*=\s*(.*?)\s*$/.exec(line)) || [];
    if (name !== undefined) found[name.toLowerCase()] = value!;
  }
  return found;
}
