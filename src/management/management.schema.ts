import { builder } from '../graphql/builder.ts'
import { longList } from '../graphql/connection.ts'
import { PrincipalRef } from '../graphql/refs.ts'

builder.queryField('operators', t =>
  t.field({
    type: [PrincipalRef],
    description:
      'Everybody who holds a management permission, by name: those who were granted one, at most 200, and those of the configuration who have signed in. For operators with `management:write`.',
    authScopes: { manages: 'management:write' },
    complexity: longList,
    resolve: (_root, _args, { load }) => load.operators(),
  }),
)
