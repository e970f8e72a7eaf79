import { builder } from '../graphql/builder.ts'
import { ViewerRef } from '../graphql/refs.ts'
import type { SuggestionRow } from './jit-provisioning.loaders.ts'
import { JitJoining } from './jit-provisioning.schema.ts'
import { suggestionsFor } from './suggestion.service.ts'

const SuggestedOrganization = builder.objectRef<SuggestionRow>('SuggestedOrganization').implement({
  description:
    'An organization that lets the viewer in: it has proved the domain of their address, or uses a connector that they signed in through. Nothing else of it is shown.',
  fields: t => ({
    slug: t.exposeString('slug', { description: 'What `joinSuggestedOrganization` and `requestToJoin` take.' }),
    name: t.exposeString('name', { description: 'Its name.' }),
    logoUrl: t.exposeString('logoUrl', { nullable: true, description: 'The address of its logo; null without one.' }),
    joining: t.field({
      type: JitJoining,
      description: 'Whether the viewer joins by `joinSuggestedOrganization`, or asks by `requestToJoin`.',
      resolve: row => row.joining,
    }),
  }),
})

builder.objectField(ViewerRef, 'suggestedOrganizations', t =>
  t.field({
    type: [SuggestedOrganization],
    description:
      'Where the viewer may come to by their verified address, or by a connector that they signed in through, at most 100: not where they are a member or suspended, were removed, or have asked; nor, to join at once, where no seat is free.',
    resolve: async (_viewer, _args, context) => {
      const rows = await suggestionsFor(context)
      return rows.filter(({ joining, isFull, hasAsked }) => !hasAsked && !(joining === 'JOIN' && isFull))
    },
  }),
)
