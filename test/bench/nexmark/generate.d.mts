/** An event: one of its fields, which are objects with fields as in Nexmark. */
export interface NexmarkEvent {
  readonly Person?: object;
  readonly Auction?: object;
  readonly Bid?: object;
}

export interface EventSettings {
  readonly count: number;
  readonly seed?: number;
  /** How many events a second of event time. */
  readonly rate?: number;
  /** How many events stand in a group that is out of order. */
  readonly disorder?: number;
}

export function events(settings: EventSettings): Generator<NexmarkEvent>;
export function sideInput(rows?: number): string;
