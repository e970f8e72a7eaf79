import * as policy from '../../auth/sso-policy.ts'
import { InvalidInputError } from '../../errors.ts'
import { idOf } from '../../graphql/ids.ts'
import { mutation } from '../../graphql/mutation.ts'
import { required } from '../../graphql/present.ts'
import { SsoConnectorRef } from '../../graphql/refs.ts'
import { SsoConfigurationError } from '../errors.ts'
import { readAgain, takeReread } from './reread.ts'

mutation('refreshSsoConnector', {
  description:
    'Reads the metadata of a provider of SAML anew, as happens every six hours: for its new certificates at once. What was tested stays so. Requires `sso:read` and `sso:manage`.',
  input: t => ({
    ssoConnectorId: t.field({ ...idOf('SamlConnector'), required: true, description: 'Which connector.' }),
  }),
}).does({
  guard: {
    noun: 'connector',
    find: (ask, { ssoConnectorId }) => ask.load.samlConnectorById.load(ssoConnectorId),
    rule: policy.manageSsoConnector,
  },
  errors: [InvalidInputError, SsoConfigurationError],
  ahead: (services, found) => readAgain(services, found),
  run: async (tx, _input, target, reread) => {
    await takeReread(tx, target, reread)
    return { ssoConnectorId: target.id }
  },
  payload: t => ({
    ssoConnector: t.field({
      type: SsoConnectorRef,
      description: 'The connector as it is now.',
      resolve: ({ ssoConnectorId }, _args, { load }) => required(load.ssoConnectorById.load(ssoConnectorId)),
    }),
  }),
})
