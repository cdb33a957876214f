import { expect, test } from 'vitest';
import { type Driver, driverFault, loadDriver } from '../../../src/flow/drivers/driver.ts';

test('a package that is there is loaded, and nothing is wrong with who needs it', () => {
  const there: Driver = { package: 'picomatch', version: '4', of: 'globs' };
  expect(driverFault(there, 3)).toBeUndefined();
  expect(loadDriver<(glob: string) => (text: string) => boolean>(there)('*.log')('a.log')).toBe(true);
});

test('one that is not there is told with the command that installs it', () => {
  expect(driverFault({ package: 'no-such-driver', version: '8', of: 'Nothing' }, 3)).toEqual({
    code: 'missing-driver',
    message: 'the driver of Nothing, no-such-driver, is not installed',
    label: 'needs no-such-driver',
    help: 'install it: `npm install no-such-driver@8`',
    at: { start: 0, end: 3 },
  });
});
