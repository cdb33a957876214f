import { text } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { hasHeader, layoutDocs, layoutParameters, layoutType } from '../parsing/delimited.ts';
import { fieldsOfRows, rowStep } from '../parsing/row-step.ts';

export const csv = defineStage({
  name: 'csv',
  group: 'parser',
  summary: 'Rows of comma-separated values',
  synonyms: ['spreadsheet'],
  docs: `${layoutDocs} For other separators there is \`delimiter:\`.`,
  examples: [
    { program: 'csv | map(.ms)', in: 'path,ms\n/a,12\n"/b,c",7', out: '12\n7' },
    { program: 'csv(columns: ["path", "ms"], delimiter: ";")', in: '/a;12', out: '{"path":"/a","ms":12}' },
    { program: 'csv(header: false)', in: 'a,b,c\n"d ""e""",1,', out: '["a","b","c"]\n["d \\"e\\"",1,null]' },
  ],
  parameters: {
    ...layoutParameters,
    delimiter: text('what stands between two fields', { named: true })
      .checked((value) =>
        /^$|["\r\n]/.test(value) ? 'it must not be empty, nor hold a quote or a line end' : undefined,
      )
      .or(','),
  },
  needs: 'text',
  instead: '`print` with `--format csv`, or `save("out/", "csv")`, if csv is to be written: this reads it',
  gives: (_input, args) => layoutType(args),
  needsOrigin: hasHeader,
  behaviour: { kind: 'step', create: rowStep, exchange: () => 'none', isByOrigin: true },
  faster: { fields: fieldsOfRows },
});
