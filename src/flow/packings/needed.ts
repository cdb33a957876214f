import { type Driver, driverFault } from '../drivers/driver.ts';
import { UnpackFault } from './stepped.ts';

/** What a library gives. @throws UnpackFault with the command that installs it where it is not there. */
export function needed<T>(driver: Driver, load: () => T): T {
  const fault = driverFault(driver, 0);
  if (fault !== undefined) throw new UnpackFault('other', `${fault.message}; ${fault.help}`);
  return load();
}
