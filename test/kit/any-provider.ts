import type { FetchOutside } from '../../src/sso/fetch/fetch-outside.ts'

/** An internet in which every host says that it is a provider of OpenID Connect, and answers nothing else. */
export const onlyDiscovery: FetchOutside = async text => {
  const { origin, pathname } = new URL(text)
  if (pathname !== '/.well-known/openid-configuration') throw new TypeError('fetch failed')
  return Response.json({
    ...{ issuer: origin, authorization_endpoint: `${origin}/auth`, token_endpoint: `${origin}/token` },
    ...{ jwks_uri: `${origin}/jwks`, response_types_supported: ['code'], subject_types_supported: ['public'] },
    id_token_signing_alg_values_supported: ['ES256'],
  })
}

/** How a provider is reached there. */
export const anyProvider = { oidc: { issuer: 'https://idp.com', clientId: 'tenantry', clientSecret: 'a secret' } }
