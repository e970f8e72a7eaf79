import { isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../../src/graphql/schema.ts'
import { selectionOf } from '../../kit/selection.ts'
import { world } from '../../kit/world.ts'
import { openParties } from '../isolation/callers.ts'
import { valuesOf } from '../isolation/own-values.ts'
import { requiredArguments } from '../isolation/slots.ts'

const refused = 'Sign in: send a token as "Authorization: Bearer <token>".'

/** For whoever has a link, and for whoever asks who they are. */
const open = ['invitationPreview', 'inviteLinkPreview', 'viewer']

test('without a token every other root field is refused, whatever else is right', async () => {
  const parties = await openParties(await world())
  const anonymous = parties.world.anonymous()
  for (const type of [schema.getQueryType(), schema.getMutationType()].filter(isObjectType))
    for (const field of Object.values(type.getFields()).filter(one => !open.includes(one.name))) {
      const variables = await requiredArguments(type, field, valuesOf(parties))
      const declared = field.args.filter(argument => argument.name in variables)
      const list = (write: (argument: (typeof declared)[number]) => string) =>
        declared.length === 0 ? '' : `(${declared.map(write).join(', ')})`
      const operation = type === schema.getMutationType() ? 'mutation' : 'query'
      const query = `${operation}${list(one => `$${one.name}: ${one.type}`)} {
        ${field.name}${list(one => `${one.name}: $${one.name}`)} { __typename } }`
      const { errors, data } = await anonymous.send(query, variables)
      expect(errors, field.name).toMatchObject([{ message: refused, extensions: { code: 'UNAUTHENTICATED' } }])
      // A nullable root field is null; any other takes all data with it.
      expect(data ?? { [field.name]: null }, field.name).toEqual({ [field.name]: null })
    }
})

test('without a token viewer is null, and no statement is run', async () => {
  const { anonymous, statements } = await world()
  statements.splice(0)
  const viewer = schema.getType('Viewer')
  if (viewer === undefined) throw new Error('there is no Viewer')
  expect(await anonymous().query(`{ viewer ${selectionOf(viewer, { depth: 1 })} }`)).toEqual({ viewer: null })
  expect(statements).toEqual([])
})
