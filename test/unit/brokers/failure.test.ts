import { expect, test } from 'vitest';
import { RunFailure } from '../../../src/base/problem.ts';
import { addressOf, brokerUrl } from '../../../src/flow/brokers/address.ts';
import { BrokerFault, helpFor, mayPass } from '../../../src/flow/brokers/failure.ts';
import { REDIS } from '../../../src/flow/redis/client.ts';

const ofSystem = (code: string) => Object.assign(new Error(code), { code });

test('what may pass is tried again, and what will not is told at once', () => {
  const passing = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT'].map(ofSystem);
  expect(passing.filter((error) => !mayPass(error))).toEqual([]);
  const forGood = [
    ofSystem('CERT_HAS_EXPIRED'),
    new RunFailure('sink-position', 4, 'it lacks something'),
    new Error('x'),
  ];
  expect(forGood.filter(mayPass)).toEqual([]);
  expect([true, false].map((mayPassSaid) => mayPass(new BrokerFault('busy', { mayPass: mayPassSaid })))).toEqual([
    true,
    false,
  ]);
});

test('of what a server says little is shown, and its help with it', () => {
  const fault = new BrokerFault('x'.repeat(100_000), { help: 'do something' });
  expect(fault.message).toHaveLength(400);
  expect(helpFor(fault)).toBe('do something');
});

test('a URL says where a server is, and who logs in', () => {
  expect(addressOf('rediss://a%40b:p%2Fw@[::1]:7000/2', REDIS)).toEqual({
    host: '::1',
    port: 7000,
    isSecure: true,
    user: 'a@b',
    password: 'p/w',
    path: '2',
    called: '[::1]:7000',
  });
  expect(addressOf('redis://h', REDIS)).toMatchObject({
    host: 'h',
    port: 6379,
    isSecure: false,
    user: '',
    password: '',
  });
});

test('a URL with what nothing is read of is refused', () => {
  const fault = (url: string) => brokerUrl(REDIS).check?.(url);
  expect(fault('redis://h/2')).toBeUndefined();
  expect(fault('redis://h?db=2')).toMatch(/behind a \? or #/);
  expect(fault('redis://h/2#x')).toMatch(/behind a \? or #/);
});
