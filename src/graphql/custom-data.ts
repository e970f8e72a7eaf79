import { builder } from './builder.ts'

/** How a mutation changes the custom data of something; `nextData` does it. */
export const CustomDataChange = builder.inputType('CustomDataChange', {
  description: 'How custom data changes: whole, or by JSON Merge Patch (RFC 7396).',
  isOneOf: true,
  fields: t => ({
    replace: t.field({ type: 'JSONObject', description: 'What it is from now on.' }),
    merge: t.field({
      type: 'JSONObject',
      description: 'What is merged into it: null removes, objects merge, all else replaces.',
    }),
  }),
})
