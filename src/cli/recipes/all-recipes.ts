import { logs } from './logs.ts';
import type { Recipe } from './recipe.ts';
import { tables } from './tables.ts';
import { time } from './time.ts';
import { ways } from './ways.ts';

/** What `leat help` finds by what people want. */
export const recipes: readonly Recipe[] = [...logs, ...tables, ...time, ...ways];
