import type { ProvidedIdentity } from '../protocol.ts'
import {
  authenticationOf,
  checkConditions,
  checkConfirmation,
  checkIssuers,
  checkRequest,
  clockSkewMs,
  type Expected,
} from './assertion-checks.ts'
import { type Attributes, attributesOf, valuesOf } from './attributes.ts'
import type { SamlConnector } from './connector.ts'
import { emailOf, groupsOf, type NameId, nameIdOf, nameOf, pictureOf, subjectOf } from './provided-identity.ts'
import { SamlRefusedError } from './saml-refused-error.ts'
import { verifiedAssertion } from './verified-assertion.ts'
import { attributeOf } from './xml.ts'

/** Where is kept which assertions were used, of one connector. */
export interface AssertionUse {
  /**
   * Notes that an assertion is used, to be kept until then.
   * @returns false when it was used before, or is being used by another at this moment
   */
  claim(assertionId: string, until: Date): Promise<boolean>
}

export interface FinishSignIn {
  /** The form field `SAMLResponse`, as it was posted. */
  readonly samlResponse: string
  /** The ID of the request that this browser was sent with; null when it was sent with none. */
  readonly expectedRequestId: string | null
  readonly now: Date
  readonly uses: AssertionUse
}

/** Who it is, as far as an assertion says. What it sent besides stands beside it, unabridged. */
type SamlIdentity = Omit<ProvidedIdentity, 'attributes'>

export interface SamlSignIn {
  readonly identity: SamlIdentity
  readonly nameId: NameId | null
  /** Everything that was sent, for who tests a connector. */
  readonly attributes: Attributes
  readonly assertionId: string
  /** Until when the assertion could be used. */
  readonly notOnOrAfter: Date
  readonly sessionIndex: string | null
}

/**
 * Takes the response of an identity provider, or refuses it (SSO-4). The one way for solicited and unsolicited ones.
 * @throws SamlRefusedError
 */
export async function finishSignIn(connector: SamlConnector, input: FinishSignIn): Promise<SamlSignIn> {
  const { serviceProvider, identityProvider, attributes: mapping } = connector
  const { samlResponse, expectedRequestId: requestId, now, uses } = input
  if (requestId === null && !connector.allowsUnsolicited) throw new SamlRefusedError('UNSOLICITED')
  const { entityId: audience, acsUrl } = serviceProvider
  const expected: Expected = { issuer: identityProvider.entityId, audience, acsUrl, requestId, now }

  const { assertion, response } = await verifiedAssertion(connector, samlResponse)
  checkIssuers(response, assertion, expected)
  const destination = attributeOf(response, 'Destination')
  if (destination !== acsUrl) throw new SamlRefusedError('DESTINATION_MISMATCH', destination)
  checkRequest(attributeOf(response, 'InResponseTo'), requestId)
  checkConditions(assertion, expected)
  const notOnOrAfter = checkConfirmation(assertion, expected)
  const { sessionIndex, contextClass } = authenticationOf(assertion, now)

  const nameId = nameIdOf(assertion)
  const attributes = attributesOf(assertion)
  const identity: SamlIdentity = {
    issuer: identityProvider.entityId,
    subject: subjectOf(nameId, attributes, mapping),
    email: emailOf(nameId, attributes, mapping),
    isEmailVerified: null,
    name: nameOf(attributes, mapping),
    picture: pictureOf(attributes, mapping),
    groups: groupsOf(attributes, mapping),
    methods: valuesOf(attributes, mapping.methods),
    acr: contextClass,
  }

  // The last of all: what is refused uses nothing up.
  const assertionId = attributeOf(assertion, 'ID') ?? ''
  const isFirst = await uses.claim(assertionId, new Date(notOnOrAfter.getTime() + clockSkewMs))
  if (!isFirst) throw new SamlRefusedError('REPLAYED')
  return { identity, nameId, attributes, assertionId, notOnOrAfter, sessionIndex }
}
