import { type Driver, driverFault } from '../drivers/driver.ts';
import { UnpackFault } from './stepped.ts';

/** The library that unpacks is not installed; the message names the command. */
export class MissingLibrary extends UnpackFault {}

/** What a library gives. @throws MissingLibrary with the command that installs it where it is not there. */
export function needed<T>(driver: Driver, load: () => T): T {
  const fault = driverFault(driver, 0);
  if (fault !== undefined) throw new MissingLibrary('other', `${fault.message}; ${fault.help}`);
  return load();
}
