import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { findAccess } from '../../../src/flow/s3/credentials.ts';
import { temporaryDirectory } from '../../support/directory.ts';

const nowhere = { region: undefined, endpoint: undefined };
let files: { [name: string]: string };

beforeEach(() => {
  const directory = temporaryDirectory();
  files = { AWS_CONFIG_FILE: join(directory, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(directory, 'credentials') };
});

test('those of the environment come before those of the profile that nobody names', () => {
  writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE!, '[default]\naws_access_key_id = kept\naws_secret_access_key = s\n');
  const environment = { ...files, AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'o', AWS_SESSION_TOKEN: 't' };
  expect(findAccess(nowhere, 3, environment)).toMatchObject({ id: 'own', secret: 'o', token: 't', mayChange: false });
  expect(findAccess(nowhere, 3, files)).toMatchObject({ id: 'kept', token: undefined, region: 'us-east-1' });
});

test('a profile that is named has the credentials, the region and the endpoint, and the program says more', () => {
  writeFileSync(
    files.AWS_SHARED_CREDENTIALS_FILE!,
    '# mine\r\n[default]\r\naws_access_key_id=no\r\n\r\n[ store ]\r\naws_access_key_id = id\r\naws_secret_access_key = a=b/c\r\n',
  );
  writeFileSync(
    files.AWS_CONFIG_FILE!,
    '[profile store]\nregion = eu-central-1\ns3 =\n  addressing_style = path\nendpoint_url = http://store:9000\n[default]\nregion = no\n',
  );
  const environment = { ...files, AWS_PROFILE: 'store', AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'o' };
  expect(findAccess(nowhere, 3, environment)).toEqual({
    id: 'id',
    secret: 'a=b/c',
    token: undefined,
    region: 'eu-central-1',
    endpoint: 'http://store:9000',
    mayChange: true,
  });
  const place = { region: 'r', endpoint: 'http://other' };
  expect(findAccess(place, 3, environment)).toMatchObject(place);
  expect(findAccess(nowhere, 3, { ...environment, AWS_REGION: 'us-west-2' }).region).toBe('us-west-2');
});

test('without any the way out is told', () => {
  expect(() => findAccess(nowhere, 4, { ...files, AWS_PROFILE: 'x' })).toThrow(
    expect.objectContaining({ exit: 4, code: 'no-credentials', message: expect.stringContaining('the profile x') }),
  );
});

test('an endpoint of the environment that is no address is told, and not shown', () => {
  const environment = { ...files, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's', AWS_ENDPOINT_URL: 'store:9000' };
  expect(() => findAccess(nowhere, 3, environment)).toThrow(
    expect.objectContaining({ exit: 3, message: expect.stringMatching(/AWS_ENDPOINT_URL/), help: expect.any(String) }),
  );
  expect(findAccess(nowhere, 3, { ...environment, AWS_ENDPOINT_URL: '' }).endpoint).toBeUndefined();
});
