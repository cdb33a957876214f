import { optionalFlag, text } from '../define/parameters.ts';
import { endpointFault } from './address.ts';

/** Whether a text names objects of S3. */
export const isS3 = (address: string) => /^s3:\/\//i.test(address);

const APART = { named: true, apart: true } as const;

/** What words take whose files may stand in S3. */
export const s3Parameters = {
  region: text('the region of an S3 bucket, where neither the environment nor the profile says one', APART).optional(),
  endpoint: text('where a store listens that is not Amazon’s: `"http://127.0.0.1:9000"`', APART)
    .checked((endpoint) => endpointFault(endpoint))
    .optional(),
};

/** Where a store is, as far as the program says. */
export interface S3Place {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
}

export const waitForStore = optionalFlag(
  'whether to wait for a store that does not answer, which it does unless told otherwise',
);

/** That files may be named by addresses of S3. @param more the names of the arguments that go with these, but for those of {@link s3Parameters}. */
export const inS3 = (...more: readonly string[]) => ({ schemes: ['s3'], only: ['region', 'endpoint', ...more] });
