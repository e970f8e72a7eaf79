import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'
import type { OidcSettings } from './oidc/settings.ts'
import type { Attribute, StepName } from './protocol.ts'
import type { SamlSettings } from './saml/settings.ts'

interface Common {
  readonly organizationId: string
  readonly id: string
  readonly name: string
  readonly trustsEmail: boolean
  readonly isEnabled: boolean
  readonly isRequired: boolean
  readonly revision: number
  readonly createdAt: Instant
  readonly testedAt: Instant | null
  readonly lastTest: ConnectorTest | null
}
export interface OidcConnectorRow extends Common {
  readonly protocol: 'OIDC'
  readonly settings: OidcSettings
}
export interface SamlConnectorRow extends Common {
  readonly protocol: 'SAML'
  readonly settings: SamlSettings
  /** Whether a sign-in may begin at the provider (SSO-4). */
  readonly allowsIdpInitiated: boolean
  readonly metadataReadAt: Instant
  /** Why the metadata could not be used the last time that it was read. */
  readonly metadataProblem: string | null
  /** For which end of the certificates there is a warning. */
  readonly expiryNotedFor: Instant | null
}
export type SsoConnectorRow = OidcConnectorRow | SamlConnectorRow

/** What a test sign-in came to. */
export interface ConnectorTest {
  /** RFC 3339. */
  readonly at: string
  readonly isPassed: boolean
  readonly steps: readonly TestStep[]
  readonly attributes: readonly Attribute[]
}
export interface TestStep {
  readonly name: StepName
  readonly isPassed: boolean
  readonly message: string
}

interface Served {
  readonly connectorId: string
  readonly emailDomainId: string
}

// Without the secret: whoever needs it reads it alone.
const columns = `c.organization_id as "organizationId", c.id, c.name, c.protocol, c.settings, c.trusts_email as "trustsEmail",
  c.is_enabled as "isEnabled", c.is_required as "isRequired", c.revision, c.created_at as "createdAt",
  c.tested_at as "testedAt", c.last_test as "lastTest", c.metadata_read_at as "metadataReadAt",
  c.metadata_problem as "metadataProblem", c.allows_idp_initiated as "allowsIdpInitiated", c.expiry_noted_for as "expiryNotedFor"`
const byId = statement('sso_connector_by_id', `select ${columns} from sso_connector c where c.id = any($1::uuid[])`)
const oidcById = statement(
  'oidc_connector_by_id',
  `select ${columns} from sso_connector c where c.id = any($1::uuid[]) and c.protocol = 'OIDC'`,
)
const samlById = statement(
  'saml_connector_by_id',
  `select ${columns} from sso_connector c where c.id = any($1::uuid[]) and c.protocol = 'SAML'`,
)
const byOrganization = statement(
  'sso_connectors_by_organization',
  `select u.organization_id as "usedBy", ${columns} from sso_connector_use u
   join sso_connector c on c.organization_id = u.owner_id and c.id = u.connector_id
   where u.organization_id = any($1::uuid[]) order by c.created_at, c.id`,
)
const domains = statement(
  'domains_of_sso_connectors',
  `select s.connector_id as "connectorId", s.email_domain_id as "emailDomainId" from sso_connector_domain s
   join email_domain d on d.organization_id = s.organization_id and d.id = s.email_domain_id
   where s.connector_id = any($1::uuid[]) order by d.domain, d.id`,
)
export function ssoConnectorLoaders(db: Db) {
  return {
    /** Of the viewer's organizations; whether the viewer may see it there is for the policy to say. */
    ssoConnectorById: oneBy<SsoConnectorRow>(db, byId, row => row.id),
    oidcConnectorById: oneBy<OidcConnectorRow>(db, oidcById, row => row.id),
    samlConnectorById: oneBy<SamlConnectorRow>(db, samlById, row => row.id),
    /** Its own, and those that are shared with it. */
    ssoConnectorsByOrganization: manyBy<SsoConnectorRow & { usedBy: string }>(db, byOrganization, row => row.usedBy),
    domainsBySsoConnector: manyBy<Served>(db, domains, row => row.connectorId),
  }
}
