import type { Type } from '../../base/type.ts';
import type { Fields } from '../../base/value.ts';
import type { Span } from '../../flow/define/span.ts';
import type { RowKeys } from './row-keys.ts';

/** What a thread is told to do with the results of a view. Plain data. */
export interface ThenTask {
  /** Stages of the language, as somebody sent them. */
  readonly stages: string;
  /** What is known of the records. */
  readonly type: Type;
  /** How long a batch is, ms. */
  readonly interval: number;
  /** How the records of the view are told apart. */
  readonly rowKeys: RowKeys;
  readonly isLog: boolean;
}

/** One result on its way: its records are a list of JSON. */
export interface SentResult {
  readonly span: Span;
  readonly records: string;
}

/** What a thread says. */
export type ThenMessage =
  | { readonly kind: 'ready'; readonly rowKeys: RowKeys; readonly isLog: boolean; readonly type: Type }
  /** It cannot be done. */
  | { readonly kind: 'refused'; readonly refusal: SentRefusal }
  /** What came of one batch, which may be nothing, or several windows. */
  | { readonly kind: 'results'; readonly results: readonly SentResult[] };

interface SentRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly help?: string | undefined;
  readonly more?: Fields | undefined;
}
