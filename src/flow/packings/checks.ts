import type { XXHashAPI } from 'xxhash-wasm';
import { loadDriver } from '../drivers/driver.ts';
import { needed } from './needed.ts';

/** What holds the checks of some kinds. @param of the name of the kind. Rejects with an UnpackFault where the library is not installed. */
export async function openChecks(of: string): Promise<XXHashAPI> {
  const driver = { package: 'xxhash-wasm', version: '1.1.0', of: `the checks of ${of}` };
  return needed(driver, () => loadDriver<() => Promise<XXHashAPI>>(driver))();
}
