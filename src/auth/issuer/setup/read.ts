import { parse } from 'graphql'
import type { Services } from '../../../context.ts'
import { encodeNodeId } from '../../../graphql/ids.ts'
import { runAs } from '../../../graphql/run.ts'
import type { StepName } from '../../../sso/protocol.ts'
import type { OpenSetupLink } from '../../../sso-setup-links/use.ts'

/** What the page of a setup link shows, as the API tells it. */
export interface SetupState {
  readonly organizationName: string
  /** Null where its maker may not see them. */
  readonly domains: readonly SetupDomain[] | null
  readonly mayClaim: boolean
  /** Null until it is made. */
  readonly connector: SetupConnector | null
}
export interface SetupDomain {
  readonly id: string
  readonly domain: string
  readonly status: 'PENDING' | 'VERIFIED' | 'LAPSED'
  readonly dnsRecord: { readonly name: string; readonly value: string }
}
export interface SetupConnector {
  readonly __typename: 'OidcConnector' | 'SamlConnector'
  readonly id: string
  readonly name: string
  readonly isEnabled: boolean
  readonly isUsable: boolean
  readonly trustsEmail: boolean
  readonly testedAt: string | null
  readonly emailDomains: readonly { readonly id: string }[] | null
  readonly lastTest: SetupTest | null
  readonly issuer?: string
  readonly clientId?: string
  readonly scopes?: readonly string[]
  readonly attributes?: object
  readonly idpMetadataUrl?: string | null
  readonly preset?: string | null
  readonly attributeNames?: object
}
export interface SetupTest {
  readonly isPassed: boolean
  readonly steps: readonly { readonly name: StepName; readonly isPassed: boolean; readonly message: string }[]
  readonly attributes: readonly { readonly name: string; readonly value: string }[]
}

const state = parse(`query SetupState($id: ID!, $connectorIds: [ID!]!) {
  organization(by: { id: $id }) {
    name viewerCanAddEmailDomain
    emailDomains { id domain status dnsRecord { name value } }
  }
  nodes(ids: $connectorIds) {
    __typename
    ... on SsoConnector {
      id name isEnabled isUsable trustsEmail testedAt emailDomains { id }
      lastTest { isPassed steps { name isPassed message } attributes { name value } }
      ... on OidcConnector { issuer clientId scopes attributes { name email picture groups } }
      ... on SamlConnector {
        idpMetadataUrl preset
        attributeNames { subject email name givenName familyName picture groups methods }
      }
    }
  }
}`)

interface Answer {
  organization: {
    name: string
    viewerCanAddEmailDomain: boolean
    emailDomains: SetupDomain[] | null
  } | null
  nodes: (SetupConnector | null)[]
}

/** Reads it as the maker of the link. Null where the organization is gone for them, just now. */
export async function readSetup(
  services: Services,
  { organizationId, connectorId, caller }: OpenSetupLink,
  ipAddress: string | null,
): Promise<SetupState | null> {
  const connectorIds = (['OidcConnector', 'SamlConnector'] as const).map(type => encodeNodeId(type, connectorId))
  const variables = { id: encodeNodeId('Organization', organizationId), connectorIds }
  const { organization, nodes } = (await runAs(services, {
    ...{ caller, ipAddress, document: state, variables },
  })) as unknown as Answer
  if (organization === null) return null
  return {
    organizationName: organization.name,
    domains: organization.emailDomains,
    mayClaim: organization.emailDomains !== null && organization.viewerCanAddEmailDomain,
    connector: nodes.find(node => node !== null) ?? null,
  }
}
