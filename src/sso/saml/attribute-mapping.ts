/** Under which names a provider sends what. The first name that has a value counts; names are case-sensitive. */
export interface AttributeMapping {
  /** Instead of the NameID, where that is not stable. Empty for the NameID. */
  readonly subject: readonly string[]
  readonly email: readonly string[]
  /** The whole name. */
  readonly name: readonly string[]
  /** For a provider that has no whole name. */
  readonly givenName: readonly string[]
  readonly familyName: readonly string[]
  readonly picture: readonly string[]
  /** The values of all of these names together. */
  readonly groups: readonly string[]
  /** How the user proved to be who they are (RFC 8176 calls it `amr`). */
  readonly methods: readonly string[]
}

const ws = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'
const microsoft = 'http://schemas.microsoft.com'

/**
 * What providers send as they come, or after their own guide for SAML applications. `default` knows the names of the
 * eduPerson and inetOrgPerson schemas by OID and by name, as Shibboleth, SimpleSAMLphp, Keycloak and ADFS send them.
 */
export const attributePresets = {
  entraId: {
    subject: [],
    email: [`${ws}/emailaddress`],
    name: [`${microsoft}/identity/claims/displayname`],
    givenName: [`${ws}/givenname`],
    familyName: [`${ws}/surname`],
    picture: [],
    groups: [`${microsoft}/ws/2008/06/identity/claims/groups`],
    methods: [`${microsoft}/claims/authnmethodsreferences`],
  },
  okta: {
    subject: [],
    email: ['email'],
    name: ['displayName'],
    givenName: ['firstName'],
    familyName: ['lastName'],
    picture: ['picture'],
    groups: ['groups'],
    methods: ['session.amr'],
  },
  googleWorkspace: {
    subject: [],
    email: ['email'],
    name: ['name'],
    givenName: ['firstName'],
    familyName: ['lastName'],
    picture: [],
    groups: ['groups'],
    methods: [],
  },
  default: {
    subject: [],
    email: ['email', 'mail', 'urn:oid:0.9.2342.19200300.100.1.3', `${ws}/emailaddress`],
    name: ['name', 'displayName', 'urn:oid:2.16.840.1.113730.3.1.241', 'cn', 'urn:oid:2.5.4.3'],
    givenName: ['givenName', 'firstName', 'urn:oid:2.5.4.42', `${ws}/givenname`],
    familyName: ['sn', 'lastName', 'urn:oid:2.5.4.4', `${ws}/surname`],
    picture: ['picture'],
    groups: ['groups', 'memberOf', 'isMemberOf', 'urn:oid:1.3.6.1.4.1.5923.1.5.1.1'],
    methods: [],
  },
} as const satisfies Record<string, AttributeMapping>
