import { toJson } from '../base/json.ts';
import type { Value } from '../base/value.ts';
import { signature } from '../flow/define/signature.ts';
import type { Example } from '../flow/define/word.ts';
import { recipes } from './recipes/all-recipes.ts';
import { cookbook } from './recipes/cookbook.ts';
import { functionGroups, functionSignature, topics, type Word } from './words/dictionary.ts';
import type { OptionText } from './words/options-text.ts';

/** All that `leat help` knows, as one JSON object: words by their topics, functions, options of the command line, and recipes. */
export function helpAsJson(options: readonly OptionText[]): string {
  return toJson({
    words: topics.flatMap(({ name, words }) => words.map((word) => wordAsData(word, name))),
    functions: [...functionGroups()].flatMap(([group, members]) =>
      members.map((definition) => ({
        name: definition.name,
        group,
        signature: functionSignature(definition),
        summary: definition.summary,
        ...(definition.docs === undefined ? {} : { docs: definition.docs }),
        examples: definition.examples.map(({ expression, gives }) => ({ expression, gives })),
      })),
    ),
    options: options.map(({ name, flags, summary }) => ({ name, flags, summary })),
    recipes: [...recipes, ...cookbook].map((recipe) => ({ title: recipe.title, ...exampleAsData(recipe) })),
  });
}

function wordAsData(word: Word, topic: string): Value {
  const { kind, name, aliases = [], summary, docs, parameters, examples } = word;
  return {
    name,
    kind,
    topic,
    aliases,
    signature: signature(name, parameters),
    summary,
    docs,
    parameters: Object.entries(parameters).map(([parameter, described]) => ({
      name: parameter,
      takes: described.accepts.kind,
      required: described.required,
      named: described.named,
      many: described.rest,
      docs: described.docs,
      ...(described.choices === undefined ? {} : { choices: described.choices }),
    })),
    examples: examples.map(exampleAsData),
  };
}

function exampleAsData({ program, in: input, files, out, notRun }: Example) {
  return {
    program,
    ...(input === undefined ? {} : { in: input }),
    ...(files === undefined ? {} : { files }),
    ...(notRun === undefined ? { out } : { notRun }),
  };
}
