/** Whether a path or a glob names files of Parquet: by its ending, since nothing is known of a file before the run. */
export function isParquet(path: string): boolean {
  return /\.parquet$/i.test(path);
}
