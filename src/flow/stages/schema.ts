import { listOf, NUMBER, STRING, UNKNOWN, wholeObject } from '../../base/type.ts';
import type { Grouping } from '../define/grouping.ts';
import { flag } from '../define/parameters.ts';
import type { State } from '../define/snapshot.ts';
import { defineStage } from '../define/stage.ts';
import { passingOn } from '../define/step.ts';
import { addToProfile, emptyProfile, mergeProfiles, type Profile } from '../profiles/profile.ts';
import { ProfileChanges } from '../profiles/profile-changes.ts';
import { profileRows } from '../profiles/profile-rows.ts';

const ROW = {
  type: STRING,
  nulls: NUMBER,
  distinct: NUMBER,
  least: UNKNOWN,
  greatest: UNKNOWN,
  examples: listOf(UNKNOWN),
};

const changesFlag = flag('whether only what changes from batch to batch is told');

/** What {@link changes} remembers. */
interface Remembered {
  readonly profile: Profile;
  readonly known: ProfileChanges['memory'];
}

/** `schema(changes: true)`: the fields that are new, gone, or of another type. */
const changes = defineStage({
  name: 'schema',
  group: 'batch',
  summary: 'What changes in the fields of the records from batch to batch',
  docs: 'See `schema`.',
  examples: [],
  parameters: { changes: changesFlag },
  needs: 'anything',
  gives: () => wholeObject({ change: STRING, field: STRING, was: STRING, ...ROW }),
  behaviour: {
    kind: 'step',
    exchange: () => 'whole',
    create(_args, _run, down) {
      const found = new ProfileChanges();
      let profile = emptyProfile();
      return passingOn(down, {
        push: (record) => addToProfile(profile, record),
        partition: () => {},
        close(span) {
          if (profile.total > 0) for (const change of found.take(profile)) down.push(change);
          profile = emptyProfile();
          down.close(span);
        },
        snapshot: () => ({ profile, known: found.memory }) as unknown as State,
        restore(state) {
          const remembered = state as unknown as Remembered;
          profile = remembered.profile;
          found.memory = remembered.known;
        },
      });
    },
  },
});

export const schema = defineStage({
  name: 'schema',
  group: 'batch',
  summary: 'What fields the records have: types, nulls, values',
  synonyms: ['describe', 'summary', 'profile', 'printSchema', 'inferSchema', 'columns', 'data types', 'statistics'],
  docs: 'An object for each field, also within objects and lists (`.user.id`, `.items[].sku`), in the order first seen: its `type` (the commonest first where there are several, `number | string`), the share of `nulls` or records without it (of the items, within lists), about how many `distinct` values it has (see `approxDistinct`), the `least` and the `greatest` of them, and the first three `examples`. `_` is the record itself, where some are no objects. An empty batch gives nothing; `schema | running` is over all batches. `schema(changes: true)` tells of a live stream what changes: each field that is `new`, has values of another `type`, or is `gone` (since 1,000 records, where a tenth of those before had it), with the types that it had before (`was`); the first batch has all as new. Long texts are cut; of objects with more than 500 fields, and behind 5,000 fields in all, the others are left out, which `type` says; nothing is looked into more than 16 deep.',
  examples: [
    {
      program: 'json | schema | map([.field, .type, .nulls])',
      in: '{"id":1,"user":{"name":"ann"}}\n{"id":"x2","tags":["a","b"]}',
      out: '[".id","number | string",0]\n[".user","object",0.5]\n[".user.name","string",0.5]\n[".tags","list",0.5]\n[".tags[]","string",0]',
    },
    {
      program: 'csv | schema',
      in: 'city,n\nBonn,7\nKöln,\nBonn,12',
      out: '{"field":".city","type":"string","nulls":0,"distinct":2,"least":"Bonn","greatest":"Köln","examples":["Bonn","Köln"]}\n{"field":".n","type":"number","nulls":0.333,"distinct":2,"least":7,"greatest":12,"examples":[7,12]}',
    },
  ],
  parameters: { changes: changesFlag },
  variants: { changes },
  needs: 'anything',
  gives: () => wholeObject({ field: STRING, ...ROW }),
  behaviour: {
    kind: 'group',
    create: (): Grouping<Profile> => ({
      aggregate: {
        zero: emptyProfile,
        add(profile, record) {
          addToProfile(profile, record);
          return profile;
        },
        merge(into, from) {
          mergeProfiles(into, from);
          return into;
        },
        result: (profile) => [...profileRows(profile)],
      },
      emit(_key, profile, _span, out) {
        for (const row of profileRows(profile)) out(row);
      },
    }),
  },
});
