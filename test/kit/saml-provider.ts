import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as samlify from 'samlify'
import { onTestFinished } from 'vitest'
import { readForm } from '../../src/auth/issuer/form.ts'
import type { KeyPair } from './certificates.ts'
import { listen } from './listening.ts'
import { attributes, idpKey } from './saml.ts'

samlify.setSchemaValidator({ validate: async () => 'well-formedness is enough here' })

/** What came to the provider. */
export interface AskedBySaml {
  readonly requestId: string
  readonly acsUrl: string
  readonly audience: string
  readonly relayState: string
  readonly loginHint: string | null
}

/** An identity provider of SAML, made of samlify, at an https address that only the test resolves. */
export interface SamlProvider {
  readonly issuer: string
  readonly loopback: string
  readonly entityId: string
  readonly metadataUrl: string
  readonly asked: AskedBySaml[]
  /** Our metadata, as the customer's IT enters it. */
  serviceProvider: string
  /** Who signs in there next. */
  person: { nameId: string; attributes: Record<string, readonly string[]> }
  /** Signs; and those that the metadata names. */
  key: KeyPair
  certificates: readonly KeyPair[]
  binding: 'redirect' | 'post'
  wantsSignedRequests: boolean
  encrypts: boolean
  clock: () => Date
  /** What it answers in place of its own answer, as base64. */
  answers: ((asked: AskedBySaml) => Promise<string> | string) | null
  /** What its metadata says in place of its own. */
  metadata: () => Response
  instead: () => null
}

const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
const bindings = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP'

/** A provider on a port of its own, gone after the test. Whoever comes is at once signed in as `person`. */
export async function samlProvider(host = `saml-${randomUUID().slice(0, 8)}.com`): Promise<SamlProvider> {
  const { url: loopback, close } = await listen((request, response) => void answer(made, request, response))
  onTestFinished(close)
  const issuer = `https://${host}`
  const made: SamlProvider = {
    ...{ issuer, loopback, entityId: `${issuer}/saml`, metadataUrl: `${issuer}/metadata`, asked: [] },
    ...{ serviceProvider: '', person: { nameId: randomUUID(), attributes: {} }, key: idpKey, certificates: [idpKey] },
    ...{ binding: 'redirect', wantsSignedRequests: false, encrypts: false, clock: () => new Date(), answers: null },
    metadata: () => new Response(partyOf(made, made.certificates).getMetadata()),
    instead: () => null,
  }
  return made
}

/** Signs by its key; its metadata may name others, too. */
function partyOf(provider: SamlProvider, certificates: readonly KeyPair[] = [provider.key]) {
  const { issuer, entityId, key, binding, wantsSignedRequests, encrypts } = provider
  const way = binding === 'post' ? 'POST' : 'Redirect'
  return samlify.IdentityProvider({
    ...{ entityID: entityId, privateKey: key.privateKey, wantAuthnRequestsSigned: wantsSignedRequests },
    ...{ signingCert: certificates.map(one => one.certificate), isAssertionEncrypted: encrypts },
    nameIDFormat: [persistent],
    requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    singleSignOnService: [{ Binding: `${bindings}-${way}`, Location: `${issuer}/sso` }],
    // samlify complains of one that has none.
    singleLogoutService: [{ Binding: `${bindings}-Redirect`, Location: `${issuer}/out` }],
    loginResponseTemplate: { context: samlify.SamlLib.defaultLoginResponseTemplate.context, attributes: [] },
  })
}

async function answer(provider: SamlProvider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', provider.issuer)
  try {
    if (url.pathname === '/metadata') {
      const metadata = provider.metadata()
      response.writeHead(metadata.status).end(await metadata.text())
      return
    }
    const body = request.method === 'POST' ? await readForm(request, 100_000) : url.searchParams
    const asked = await parse(provider, url, body)
    provider.asked.push(asked)
    const samlResponse = await (provider.answers ?? (one => issue(provider, one)))(asked)
    response.writeHead(200, { 'content-type': 'text/html' }).end(postPage(asked, samlResponse))
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}

const partner = ({ serviceProvider }: SamlProvider) => samlify.ServiceProvider({ metadata: serviceProvider })

async function parse(provider: SamlProvider, { search }: URL, body: URLSearchParams): Promise<AskedBySaml> {
  const fields = Object.fromEntries(body)
  // What is signed of an address (bindings, section 3.4.4.1), as it stands there: whatever else stands there is not.
  const signed = ['SAMLRequest', 'RelayState', 'SigAlg'].map(name => new RegExp(`${name}=[^&]*`).exec(search)?.[0])
  const { extract } = await partyOf(provider).parseLoginRequest(partner(provider), provider.binding, {
    ...{ query: fields, body: fields },
    octetString: signed.join('&'),
  })
  return {
    ...{ requestId: String(extract.request?.id), acsUrl: String(extract.request?.assertionConsumerServiceUrl) },
    ...{ audience: String(extract.issuer), relayState: fields.RelayState ?? '' },
    loginHint: body.get('login_hint'),
  }
}

async function issue(provider: SamlProvider, { requestId, acsUrl, audience }: AskedBySaml): Promise<string> {
  const { person, clock, entityId } = provider
  const at = (minutes: number) => new Date(clock().getTime() + minutes * 60_000).toISOString()
  const values = {
    ...{ ID: `_${randomUUID()}`, AssertionID: `_${randomUUID()}`, Issuer: entityId, IssueInstant: at(0) },
    ...{ Destination: acsUrl, SubjectRecipient: acsUrl, Audience: audience, InResponseTo: requestId },
    StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
    ...{ ConditionsNotBefore: at(-1), ConditionsNotOnOrAfter: at(5), SubjectConfirmationDataNotOnOrAfter: at(5) },
    ...{ NameIDFormat: persistent, NameID: person.nameId },
  }
  const { context } = await partyOf(provider).createLoginResponse(
    partner(provider),
    { extract: { request: { id: requestId } } },
    'post',
    {},
    {
      customTagReplacement: template => ({
        id: values.ID,
        context: samlify.SamlLib.replaceTagsByValue(
          template
            .replace('{AuthnStatement}', '<saml:AuthnStatement AuthnInstant="{IssueInstant}" SessionIndex="_s1"/>')
            .replace('{AttributeStatement}', '')
            .replace('</saml:Assertion>', `${attributes(person.attributes)}</saml:Assertion>`),
          values,
        ),
      }),
    },
  )
  return context
}

/** A page as providers answer with: it sends itself. */
export function postPage({ acsUrl, relayState }: Pick<AskedBySaml, 'acsUrl' | 'relayState'>, samlResponse: string) {
  return `<!doctype html><title>Provider</title><form method="post" action="${acsUrl}">
<input type="hidden" name="SAMLResponse" value="${samlResponse}"><input type="hidden" name="RelayState" value="${relayState}">
<button>Continue</button></form><script>document.forms[0].submit()</script>`
}
