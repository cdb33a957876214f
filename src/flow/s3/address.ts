import { isParquet } from '../parquet/names.ts';

const FORM = /^s3:\/\/([^/?#]+)\/(.*)$/is;

/** What names buckets may have (and stores that are not Amazon's take): nothing that would lead to another host. */
const BUCKET = /^[a-z\d][a-z\d._-]{1,62}$/i;

/** A bucket, and a key or glob of keys in it. */
interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

/** Undefined where the text is no address. */
export function readS3Address(address: string): S3Address | undefined {
  const [, bucket = '', key] = FORM.exec(address) ?? [];
  return key !== undefined && BUCKET.test(bucket) ? { bucket, key } : undefined;
}

/** What is wrong with an address, if anything. */
export function s3Fault(address: string): string | undefined {
  if (readS3Address(address) !== undefined) return undefined;
  return 'it is a bucket with a key or a glob of keys behind it, as in `"s3://bucket/logs/*.gz"`';
}

/** What is wrong with an address that is read, because of what its name says that is in it. */
export function parquetFault(address: string): string | undefined {
  if (!isParquet(address)) return undefined;
  return 'files of Parquet are read on this machine only: `aws s3 cp` brings them here, and `files("x.parquet")` reads them';
}

/** What is wrong with where a store is to be, if anything. */
export function endpointFault(endpoint: string): string | undefined {
  const url = /^https?:\/\//i.test(endpoint) && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && url.search === '' && url.hash === '' && url.username === '') return undefined;
  return 'it is where a store listens, as `"http://127.0.0.1:9000"`';
}
