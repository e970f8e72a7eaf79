import type { FetchOutside } from '../../src/sso/fetch/fetch-outside.ts'

/** Of a key that nobody has. */
const certificate =
  'MIIC/DCCAeSgAwIBAgIJMEaKdQg2LLawMA0GCSqGSIb3DQEBCwUAMBIxEDAOBgNVBAMTB2lkcC5jb20wIBcNMjYwMTAxMDAwMDAwWhgPMjEyNjAx' +
  'MDEwMDAwMDBaMBIxEDAOBgNVBAMTB2lkcC5jb20wggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCkmhaiXEneW8gOiclRgtxQzXRdHPvs' +
  'peEeRcfg/P7jz4qfb7bz9HiBUhoW2T4qUT49DqQrhx+OsiufXKPsoWANrXVmKhx5yfoxVeu8bdGKI6NhhzTVgmT9k7/LhU28Alnp/u+8zz8/p6CF' +
  'LqkV8ubesan6XwTab50OS6bEmUMNCzqbHObqh8my044FCKx2qSyH9z/aT6sJo8F99RL6+FMkY6fxVeGAcVf5MQm7aotWmAe4g2ldpsgvoAn0N0hV' +
  'fOebsWeHog1JJmc3yxz7FxQlqecw0vTrxK6Wlox9vZLzEasamGtIgLsVFWNKtvIXhXHwEjzEMAsrnS/zCtDO7fJBAgMBAAGjUzBRMAwGA1UdEwEB' +
  '/wQCMAAwDgYDVR0PAQH/BAQDAgWgMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcDAjASBgNVHREECzAJggdpZHAuY29tMA0GCSqGSIb3DQEB' +
  'CwUAA4IBAQBcRRhpTsCUeT5x4kY2vPE5OKOu3Eq1jjuFZUT7/JloQKDcGjzQS9gbBGTQR3+BizHVeknTZTINxzyz4vWpUj4Ecn13A10ckh/TlBpL' +
  'huZEiFtxAV6TVEkX1ZtlId9XQclmq32uY+tFTunVGBNMzGBiZF7MU405+KMdfPg2Vu5rlih1FfBivdHygyj3sgl4VZy2PEOSS8fmw6LnRjyR9SwR' +
  'Cx6s1X9thENSb0cXWnDkw9N/mWVmzefqCgsuOOYHxbS1tZbKDCOLF2bB4+v3EfuuNcOulzqXf5mEvcNRIkY1/ZaycL6549T7kdmTeW6z6SVM/oH8' +
  '29jpCnOhMVsCNWSf'

/** The metadata of a provider of SAML that signs nobody in. */
const anySamlMetadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.com/saml">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.com/saml/sso"/>
  </IDPSSODescriptor>
</EntityDescriptor>`

/** An internet in which every host says that it is a provider, of OpenID Connect or SAML, and answers nothing else. */
export const onlyDiscovery: FetchOutside = async text => {
  const { origin, pathname } = new URL(text)
  if (pathname === '/saml/metadata') return new Response(anySamlMetadata)
  if (pathname !== '/.well-known/openid-configuration') throw new TypeError('fetch failed')
  return Response.json({
    ...{ issuer: origin, authorization_endpoint: `${origin}/auth`, token_endpoint: `${origin}/token` },
    ...{ jwks_uri: `${origin}/jwks`, response_types_supported: ['code'], subject_types_supported: ['public'] },
    id_token_signing_alg_values_supported: ['ES256'],
  })
}

/** How a provider is reached there, by either protocol. */
export const anyProvider = { oidc: { issuer: 'https://idp.com', clientId: 'tenantry', clientSecret: 'a secret' } }
export const anySamlProvider = { saml: { metadata: { url: 'https://idp.com/saml/metadata' } } }
