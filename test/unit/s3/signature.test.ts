/** The examples of Amazon's own description of signature version 4 of S3. */
import { expect, test } from 'vitest';
import { signed } from '../../../src/flow/s3/signature.ts';

const credentials = {
  id: 'AKIAIOSFODNN7EXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  token: undefined,
};
const host = 'examplebucket.s3.amazonaws.com';

test.each([
  [
    { method: 'GET', path: '/test.txt', query: {}, headers: { host, range: 'bytes=0-9' }, body: '' },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    {
      method: 'PUT',
      path: '/test%24file.text',
      query: {},
      headers: { host, date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      body: 'Welcome to Amazon S3.',
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    { method: 'GET', path: '/', query: { prefix: 'J', 'max-keys': '2' }, headers: { host }, body: '' },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])('a request is signed as Amazon says, %#', ({ body, ...request }, signature) => {
  const { authorization } = signed(
    { ...request, headers: request.headers as unknown as Record<string, string>, body: Buffer.from(body) },
    'us-east-1',
    credentials,
    Date.UTC(2013, 4, 24),
  );
  expect(authorization).toContain(`Signature=${signature}`);
});

test('a token goes with the request, and the secret does not', () => {
  const request = { method: 'GET', path: '/', query: {}, headers: { host }, body: Buffer.alloc(0) };
  const headers = signed(request, 'eu-west-1', { ...credentials, token: 'for a while' }, 0);
  expect(headers).toMatchObject({ 'x-amz-security-token': 'for a while' });
  expect(headers.authorization).toContain('x-amz-security-token');
  expect(JSON.stringify(headers)).not.toContain(credentials.secret);
});
