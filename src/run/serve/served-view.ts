import type { Fields } from '../../base/value.ts';
import type { ViewWish } from '../../flow/define/view.ts';
import type { Events } from './batch-text.ts';
import type { Feed } from './feed.ts';
import type { View } from './view.ts';

/** A view with those who look at it. */
export interface ServedView {
  readonly view: View;
  readonly events: Events;
  readonly feed: Feed;
  readonly wish: ViewWish;
  /** The columns whose values add up over rows. */
  readonly sums: readonly string[];
  /** Which alerts are on that it has to do with. */
  readonly alerts: () => readonly Fields[];
}
