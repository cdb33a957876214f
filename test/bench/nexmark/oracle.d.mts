import type { NexmarkEvent } from './generate.mjs';

export function answer(query: string, events: readonly NexmarkEvent[]): { readonly [name: string]: unknown }[];
export const queries: readonly string[];
