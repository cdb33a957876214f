import type { ViewInfo } from './result.ts';

export interface StageInfo {
  readonly stage: string;
  readonly kind: string;
  readonly in: number;
  readonly out: number;
  readonly bad: number;
  readonly late: number;
  readonly ms: number;
}

/** What `/api/run` says, times in ms. */
export interface Api {
  readonly leat: string;
  readonly program: string;
  readonly run: {
    readonly started: number;
    readonly over: boolean;
    readonly records: number;
    readonly bytes: number;
    readonly bad: number;
    readonly late: number;
    readonly batches: number;
    readonly lag: number;
    readonly watermark: number | null;
    readonly sources: readonly {
      readonly source: string;
      readonly of?: string;
      readonly opened: number;
      readonly open: number;
      readonly lag?: number;
      readonly lagBytes?: number;
    }[];
  };
  readonly views: readonly ViewInfo[];
  readonly stages: readonly StageInfo[];
}
