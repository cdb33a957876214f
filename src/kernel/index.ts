/** What the module offers. */
export { countNewlines } from './lines';
export { input } from './memory';
