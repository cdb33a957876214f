import { describe, expect, test } from 'vitest';
import { hideSecrets, withoutSecret, withoutSecrets } from '../../../src/base/secrets.ts';
import {
  filledIn,
  hasOpenPassword,
  OPEN_PASSWORD,
  secret,
  variableFault,
} from '../../../src/flow/connections/secrets.ts';

describe('a password in a program', () => {
  test.each([
    ['postgres("postgres://app:geheim@db/x", "t")', 'postgres("postgres://app:******@db/x", "t")'],
    ["mysql('mysql://a:p@ss:word@h:3306/x')", "mysql('mysql://a:*********@h:3306/x')"],
    ['http(8080, token: "s3\\"cret")', 'http(8080, token: "********")'],
    ['"http://h/p?token=abc&x=1"', '"http://h/p?token=***&x=1"'],
    ['"https://h/?x=1&api_key=abc&X-Amz-Signature=ab#"', '"https://h/?x=1&api_key=***&X-Amz-Signature=**#"'],
    ['nats("nats://geheim@h:4222", "s")', 'nats("nats://******@h:4222", "s")'],
    [
      'headers: {"x-api-key": "abc", \'authorization\': "Bearer x"}',
      'headers: {"x-api-key": "***", \'authorization\': "********"}',
    ],
  ])('%s is shown as %s', (program, shown) => {
    expect(hideSecrets(program)).toBe(shown);
    expect(hideSecrets(program)).toHaveLength(program.length);
  });

  test.each([
    'postgres("postgres://app:${PGPASSWORD}@db/x", "t")',
    'http(8080, token: "${TOKEN}")',
    'filter(.url == "http://example.com/a@b") | map({user: .user, at: "a:b@c"})',
    'files("a.log") | json | filter(.token != null)',
    'http("http://h", headers: {"content-type": "text/csv", "x-api-key": "${KEY}"})',
  ])('%s stays as it is', (program) => {
    expect(hideSecrets(program)).toBe(program);
  });

  test('says nothing of its length where it is kept', () => {
    expect(withoutSecrets('postgres://app:geheim@db/x')).toBe('postgres://app:***@db/x');
    expect(withoutSecrets('postgres("postgres://h/x", "select * from t")')).toContain('"select * from t"');
  });

  test('is nothing that is shown of an argument', () => {
    expect(withoutSecret('geheim')).toBe('***');
    expect(withoutSecret('${TOKEN}')).toBe('${TOKEN}');
    expect(withoutSecret('https://h/p?token=abc')).toBe('https://h/p?token=***');
  });
});

describe('variables of the environment', () => {
  const environment = { PW: 'a/b@c:d?#%', HOST: 'db:5433', URL: 'postgres://u:p@h/d', EMPTY: '' };

  test.each([
    ['postgres://app:${PW}@${HOST}/x', 'postgres://app:a%2Fb%40c%3Ad%3F%23%25@db:5433/x'],
    ['${URL}', 'postgres://u:p@h/d'],
    ['${URL}?sslmode=require', 'postgres://u:p@h/d?sslmode=require'],
    ['postgres://h/d?password=${PW}', 'postgres://h/d?password=a%2Fb%40c%3Ad%3F%23%25'],
    ['Bearer ${PW}', 'Bearer a/b@c:d?#%'],
    ['${EMPTY}x', 'x'],
    ['no variable', 'no variable'],
  ])('%s is %s', (written, meant) => {
    expect(variableFault(written, environment)).toBeUndefined();
    expect(filledIn(written, environment)).toBe(meant);
  });

  test('that are not set are told, where they stand', () => {
    const fault = variableFault('postgres://app:${NOT_SET}@h/d', environment);
    expect(fault).toMatchObject({ code: 'missing-secret', at: { start: 15, end: 25 } });
    expect(fault!.message).toBe('the environment has no variable NOT_SET');
    expect(variableFault('${a b}', environment)).toMatchObject({ message: '`${a b}` names no variable' });
  });
});

test('an argument that is a secret is held to that, and known as one', () => {
  const token = secret('the token', { named: true }).optional();
  expect(token).toMatchObject({ accepts: { kind: 'text', isSecret: true }, named: true, required: false });
  expect(token.check!('${NO_SUCH_VARIABLE_OF_OURS}')).toMatchObject({ code: 'missing-secret' });
});

test('a password that stands in a URL itself is noticed', () => {
  expect(hasOpenPassword('postgres://app:geheim@h/d')).toBe(true);
  expect(hasOpenPassword('nats://geheim@h')).toBe(true);
  expect(OPEN_PASSWORD).toContain('${NAME}');
  for (const url of [
    'postgres://app@h/d',
    'postgres://h/d',
    'postgres://a:${PW}@h/d',
    'postgres://a:@h/d',
    'nats://${TOKEN}@h',
    'nats://a:${PW}@h',
    'a.db',
  ])
    expect([url, hasOpenPassword(url)]).toEqual([url, false]);
});
