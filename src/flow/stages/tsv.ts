import { defineStage } from '../define/stage.ts';
import { hasHeader, layoutDocs, layoutParameters, layoutType } from '../parsing/delimited.ts';
import { fieldsOfRows, rowStep } from '../parsing/row-step.ts';

export const tsv = defineStage({
  name: 'tsv',
  group: 'parser',
  summary: 'Rows of tab-separated values',
  docs: `${layoutDocs} \`csv\` with a tab between the fields; where quotes are never meant as such, say \`quotes: false\`.`,
  examples: [
    { program: 'tsv', in: 'path\tms\n/a\t12', out: '{"path":"/a","ms":12}' },
    { program: 'tsv(quotes: false) | map(.title)', in: 'title\tyear\n"Hello" she said\t1999', out: '"Hello" she said' },
  ],
  parameters: layoutParameters,
  needs: 'text',
  instead: '`print` with `--format tsv`, or `save("out/", "tsv")`, if tsv is to be written: this reads it',
  gives: (_input, args) => layoutType({ ...args, delimiter: '\t' }),
  needsOrigin: hasHeader,
  behaviour: {
    kind: 'step',
    exchange: () => 'none',
    create: (args, run, down) => rowStep({ ...args, delimiter: '\t' }, run, down),
    isByOrigin: true,
  },
  faster: { fields: (args, step) => fieldsOfRows({ ...args, delimiter: '\t' }, step) },
});
