import { inflateRawSync } from 'node:zlib'
import * as samlify from 'samlify'
import { expect, it } from 'vitest'
import { attributePresets } from '../../src/sso/saml/attribute-mapping.ts'
import type { SamlConnector, ServiceProvider } from '../../src/sso/saml/connector.ts'
import { finishSignIn } from '../../src/sso/saml/finish-sign-in.ts'
import { readMetadata } from '../../src/sso/saml/metadata.ts'
import { serviceProviderMetadata } from '../../src/sso/saml/service-provider-metadata.ts'
import { startSignIn } from '../../src/sso/saml/start-sign-in.ts'
import { bare } from '../kit/certificates.ts'
import { acsUrl, assertionUses, connector, idpEntityId, idpKey, ourEntityId, ourKey } from '../kit/saml.ts'

samlify.setSchemaValidator({ validate: async () => 'well-formedness is enough here' })

const emailFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
const serviceProvider: ServiceProvider = { entityId: ourEntityId, acsUrl, signing: ourKey, decryption: [ourKey] }
/** samlify puts the time of the machine into what it issues. */
const machineTime = () => new Date()

/** The identity provider of samlify, which knows us by our metadata, as we know it by its. */
function provider(isAssertionEncrypted: boolean) {
  const idp = samlify.IdentityProvider({
    entityID: idpEntityId,
    privateKey: idpKey.privateKey,
    signingCert: idpKey.certificate,
    wantAuthnRequestsSigned: true,
    isAssertionEncrypted,
    nameIDFormat: [emailFormat],
    requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    singleSignOnService: [
      { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: 'https://idp.example/sso' },
    ],
    loginResponseTemplate: { context: samlify.SamlLib.defaultLoginResponseTemplate.context, attributes: [] },
  })
  const sp = samlify.ServiceProvider({ metadata: serviceProviderMetadata(serviceProvider) })
  return { idp, sp }
}

it.each([false, true])(
  'signs in at a provider that reads our metadata and we its; encrypted: %s',
  async isEncrypted => {
    const { idp, sp } = provider(isEncrypted)
    const { certificates, ...read } = readMetadata(idp.getMetadata(), machineTime())
    expect(read).toMatchObject({ entityId: idpEntityId, wantsSignedRequests: true, signInBinding: 'redirect' })
    const pems = certificates.map(({ pem }) => pem)
    const to: SamlConnector = {
      serviceProvider,
      identityProvider: { ...read, certificates: pems },
      attributes: attributePresets.default,
      allowsUnsolicited: false,
    }

    const request = await startSignIn(to, { requestId: '_abc123', relayState: 'state1' })
    const { search, searchParams } = new URL(request.url)
    const signed = /SAMLRequest=.*(?=&Signature=)/.exec(search)?.[0]
    const parsed = await idp.parseLoginRequest(sp, 'redirect', {
      query: Object.fromEntries(searchParams),
      octetString: signed ?? '',
    })
    const { request: asked } = parsed.extract
    expect(asked).toMatchObject({ id: '_abc123', assertionConsumerServiceUrl: acsUrl })

    const inFive = new Date(machineTime().getTime() + 300_000).toISOString()
    const issued = await idp.createLoginResponse(
      sp,
      { ...parsed },
      'post',
      { email: 'Ada@acme.example' },
      {
        customTagReplacement: template => ({
          id: '_response1',
          context: samlify.SamlLib.replaceTagsByValue(
            template.replace(
              '{AuthnStatement}',
              '<saml:AuthnStatement AuthnInstant="{IssueInstant}" SessionIndex="_s1"/>',
            ),
            {
              ID: '_response1',
              AssertionID: '_assertion1',
              Destination: acsUrl,
              Audience: ourEntityId,
              SubjectRecipient: acsUrl,
              Issuer: idpEntityId,
              IssueInstant: machineTime().toISOString(),
              StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
              ConditionsNotBefore: machineTime().toISOString(),
              ConditionsNotOnOrAfter: inFive,
              SubjectConfirmationDataNotOnOrAfter: inFive,
              NameIDFormat: emailFormat,
              NameID: 'Ada@acme.example',
              InResponseTo: String(asked?.id),
              AttributeStatement: '',
            },
          ),
        }),
      },
    )
    const { identity } = await finishSignIn(to, {
      samlResponse: issued.context,
      expectedRequestId: '_abc123',
      now: machineTime(),
      uses: assertionUses(),
    })
    expect(identity).toMatchObject({ issuer: idpEntityId, subject: 'ada@acme.example', email: 'Ada@acme.example' })
  },
)

it('describes us to the customer, the same each time, and without a private key', () => {
  const xml = serviceProviderMetadata(serviceProvider)
  expect(serviceProviderMetadata(serviceProvider)).toBe(xml)
  expect(xml.replaceAll(/\s/g, '').split(bare(ourKey)).length).toBe(3)
  expect(xml).not.toContain('PRIVATE KEY')
  expect(xml.replaceAll(/<ds:X509Certificate>[^<]*/g, '<ds:X509Certificate>…')).toMatchInlineSnapshot(`
    "<?xml version="1.0"?>
    <EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://gateway.example/sso/saml" ID="_538dd151e70e433784e65a0b619832ccd25002a8">
      <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true" WantAssertionsSigned="true">
        <KeyDescriptor use="signing">
          <ds:KeyInfo>
            <ds:X509Data>
              <ds:X509Certificate>…</ds:X509Certificate>
            </ds:X509Data>
          </ds:KeyInfo>
        </KeyDescriptor>
        <KeyDescriptor use="encryption">
          <ds:KeyInfo>
            <ds:X509Data>
              <ds:X509Certificate>…</ds:X509Certificate>
            </ds:X509Data>
          </ds:KeyInfo>
          <EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>
          <EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"/>
          <EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/>
          <EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
        </KeyDescriptor>
        <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat>
        <AssertionConsumerService index="1" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://gateway.example/sso/saml/acs"/>
      </SPSSODescriptor>
    </EntityDescriptor>"
  `)
  const bareOne = serviceProviderMetadata({ ...serviceProvider, signing: null, decryption: [] })
  expect(bareOne).not.toContain('KeyDescriptor')
})

it('asks for no class of authentication and no form of name, and passes the typed address on', async () => {
  const input = { requestId: '_abc123', relayState: 'state1', loginHint: 'ada@acme.example' }
  const request = await startSignIn(connector(), input)
  const { origin, pathname, searchParams } = new URL(request.url)
  expect(request.binding).toBe('redirect')
  expect(origin + pathname).toBe('https://idp.example/sso')
  expect([...searchParams.keys()].sort()).toEqual(['RelayState', 'SAMLRequest', 'login_hint'])
  const xml = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString()
  expect(xml.replace(/IssueInstant="[^"]*"/, 'IssueInstant="…"')).toMatchInlineSnapshot(
    `"<?xml version="1.0"?><samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_abc123" Version="2.0" IssueInstant="…" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Destination="https://idp.example/sso" AssertionConsumerServiceURL="https://gateway.example/sso/saml/acs"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://gateway.example/sso/saml</saml:Issuer><samlp:NameIDPolicy xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" AllowCreate="true"/></samlp:AuthnRequest>"`,
  )
})

it('keeps what the address of the provider has already, and posts a form where the provider takes no redirect', async () => {
  const to = connector()
  const at = (signInUrl: string, signInBinding: 'redirect' | 'post') =>
    startSignIn(
      { ...to, identityProvider: { ...to.identityProvider, signInUrl, signInBinding } },
      { requestId: '_abc123', relayState: 'state1' },
    )
  const url = new URL((await at('https://idp.example/sso?idpid=C01', 'redirect')).url)
  expect(url.searchParams.get('idpid')).toBe('C01')
  const form = await at('https://idp.example/sso', 'post')
  if (form.binding !== 'post') throw new Error(form.binding)
  expect(form.fields).toMatchObject({ RelayState: 'state1' })
  expect(Buffer.from(form.fields.SAMLRequest ?? '', 'base64').toString()).toContain('ID="_abc123"')
})
