import { defineEntity, p } from '@mikro-orm/postgresql'

/** An identity provider by which an organization signs its people in. */
export const SsoConnector = defineEntity({
  name: 'SsoConnector',
  tableName: 'sso_connector',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.text(),
    protocol: p.text().$type<SsoProtocol>(),
    settings: p.json<object>(),
    encryptedSecret: p.text().nullable(),
    trustsEmail: p.boolean().default(false),
    isEnabled: p.boolean().default(false),
    isRequired: p.boolean().default(false),
    allowsIdpInitiated: p.boolean().default(false),
    revision: p.integer().default(1),
    createdAt: p.datetime(3),
    testedAt: p.datetime(3).nullable(),
    lastTest: p.json<object>().nullable(),
    metadataReadAt: p.datetime(3).nullable(),
    metadataProblem: p.text().nullable(),
    expiryNotedFor: p.datetime(3).nullable(),
    nextCheckAt: p.datetime(3).nullable(),
  },
})
export type SsoProtocol = 'OIDC' | 'SAML'

/** Which connector serves a domain. */
export const SsoConnectorDomain = defineEntity({
  name: 'SsoConnectorDomain',
  tableName: 'sso_connector_domain',
  properties: {
    organizationId: p.uuid().primary(),
    emailDomainId: p.uuid().primary(),
    connectorId: p.uuid(),
  },
})

/** Under which (connector, issuer, subject) a user signs in (SSO-2). */
export const SsoIdentity = defineEntity({
  name: 'SsoIdentity',
  tableName: 'sso_identity',
  properties: {
    organizationId: p.uuid().primary(),
    connectorId: p.uuid().primary(),
    issuer: p.text().primary(),
    subject: p.text().primary(),
    principalId: p.uuid(),
    createdAt: p.datetime(3),
  },
})

/** That an assertion was used, for as long as it would be taken. */
export const SsoAssertionUse = defineEntity({
  name: 'SsoAssertionUse',
  tableName: 'sso_assertion_use',
  properties: {
    organizationId: p.uuid().primary(),
    connectorId: p.uuid().primary(),
    assertionHash: p.text().primary(),
    until: p.datetime(3),
  },
})

/** That somebody started a sign-in at a provider, for as long as a limit counts it. */
export const SsoStart = defineEntity({
  name: 'SsoStart',
  tableName: 'sso_start',
  properties: {
    id: p.uuid().primary(),
    ipHash: p.text(),
    addressHash: p.text().nullable(),
    startedAt: p.datetime(3),
  },
})

/** A sign-in that was sent to a provider. */
export const SsoSignIn = defineEntity({
  name: 'SsoSignIn',
  tableName: 'sso_sign_in',
  properties: {
    organizationId: p.uuid().primary(),
    id: p.uuid().primary(),
    connectorId: p.uuid(),
    revision: p.integer(),
    purpose: p.text().$type<SsoPurpose>(),
    stateHash: p.text(),
    interactionHash: p.text().nullable(),
    encryptedDetails: p.text(),
    encryptedOutcome: p.text().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
    answeredAt: p.datetime(3).nullable(),
    usedAt: p.datetime(3).nullable(),
  },
})
export type SsoPurpose = 'SIGN_IN' | 'TEST'
