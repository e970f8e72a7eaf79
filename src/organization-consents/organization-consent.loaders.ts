import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, type Instant, statement } from '../db/statement.ts'

/** Whose consent, where, and to which product. */
export interface ConsentKey {
  readonly organizationId: string
  readonly principalId: string
  readonly clientId: string
}
export interface OrganizationConsentRow extends ConsentKey {
  /** Ids that are of no permission any more may be among them. */
  readonly permissionIds: readonly string[]
  readonly consentedAt: Instant
}

const columns = `c.organization_id as "organizationId", c.principal_id as "principalId", c.client_id as "clientId",
  c.permission_ids as "permissionIds", c.consented_at as "consentedAt"`

const byKey = statement(
  'organization_consent_by_key',
  `select ${columns} from unnest($1::text[]) as wanted (key) join organization_consent c
     on c.organization_id = split_part(wanted.key, ' ', 1)::uuid and c.principal_id = split_part(wanted.key, ' ', 2)::uuid
     and c.client_id = split_part(wanted.key, ' ', 3)`,
)
const byPrincipal = statement(
  'organization_consents_by_principal',
  `select ${columns} from unnest($1::uuid[]) as wanted (id) cross join lateral (
     select * from organization_consent own where own.principal_id = wanted.id
     order by own.consented_at desc, own.organization_id, own.client_id limit 100) c`,
)

export function organizationConsentLoaders(db: Db) {
  return {
    /** By `consentKey`; null where nothing was consented to, or where the organization is not the viewer's. */
    organizationConsentByKey: oneBy<OrganizationConsentRow>(db, byKey, consentKey),
    /** In the viewer's organizations, the latest first. At most 100. */
    organizationConsentsByPrincipal: manyBy<OrganizationConsentRow>(db, byPrincipal, row => row.principalId),
  }
}

/** Client ids that are configured have no spaces. */
export const consentKey = ({ organizationId, principalId, clientId }: ConsentKey) =>
  `${organizationId} ${principalId} ${clientId}`
