import { manyBy, oneBy } from '../db/loaders.ts'
import { type Db, dateOf, type Instant, statement } from '../db/statement.ts'
import { deploymentId } from '../ids.ts'
import { type MembershipRow, membershipColumns } from '../members/membership.loaders.ts'
import type { ApplicationSecretStatus } from './machine-application.entity.ts'
import type { PublicKey } from './public-keys.ts'

/** A machine application by what decides who manages it; the rest is the PrincipalRow of the same id. */
export interface ApplicationRow {
  readonly id: string
  /** Whose it is; the nil id for one of the deployment. */
  readonly organizationId: string
  readonly displayName: string
}

/** A secret, of which its hash is no part: nothing that is shown to anybody needs it. */
export interface ApplicationSecretRow {
  readonly organizationId: string
  readonly id: string
  readonly applicationId: string
  readonly label: string
  readonly createdBy: string | null
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly lastUsedAt: Instant | null
  readonly revokedAt: Instant | null
}

export interface ApplicationKeyRow {
  readonly applicationId: string
  readonly keyId: string
  readonly jwk: PublicKey
  readonly createdAt: Instant
}

const byId = statement(
  'machine_application_by_id',
  `select p.id, home.id as "organizationId", p.display_name as "displayName"
   from principal p cross join lateral tenantry_application_home(p.id) as home (id)
   where p.id = any($1::uuid[]) and p.kind = 'MACHINE'
     and (home.id = '${deploymentId}' or home.id = any (tenantry_visible_organizations()) or tenantry_sees_all())`,
)
const homeMembership = statement(
  'home_membership_of_application',
  `select ${membershipColumns} from membership m
   join organization_application a on a.organization_id = m.organization_id and a.application_id = m.principal_id
   where m.principal_id = any($1::uuid[])`,
)
const empowered = statement(
  'empowered_applications',
  'select id, tenantry_application_is_empowered(id) as "isEmpowered" from unnest($1::uuid[]) as asked (id)',
)
const secretColumns = `s.organization_id as "organizationId", s.id, s.application_id as "applicationId", s.label,
  s.created_by as "createdBy", s.created_at as "createdAt", s.expires_at as "expiresAt",
  s.last_used_at as "lastUsedAt", s.revoked_at as "revokedAt"`
const secretById = statement(
  'application_secret_by_id',
  `select ${secretColumns} from application_secret s where s.id = any($1::uuid[])`,
)
const secrets = statement(
  'secrets_by_application',
  `select s.* from unnest($1::uuid[]) as asked (id) cross join lateral (
     select ${secretColumns} from application_secret s where s.application_id = asked.id
     order by s.created_at desc, s.id desc limit 50) s`,
)
const keys = statement(
  'keys_by_application',
  `select k.application_id as "applicationId", k.key_id as "keyId", k.jwk, k.created_at as "createdAt"
   from application_key k where k.application_id = any($1::uuid[]) order by k.key_id`,
)

export function machineApplicationLoaders(db: Db) {
  return {
    /** Those of the deployment, and of organizations that the viewer sees: whether they may know of one is for the policy to say. */
    machineApplicationById: oneBy<ApplicationRow>(db, byId, row => row.id),
    /** Of an application that is owned by an organization, its membership there. */
    homeMembershipByApplication: oneBy<MembershipRow>(db, homeMembership, row => row.principalId),
    /** Whether it holds a permission in any organization, those included that the viewer does not see. */
    empowermentByApplication: oneBy<{ id: string; isEmpowered: boolean }>(db, empowered, row => row.id),
    applicationSecretById: oneBy<ApplicationSecretRow>(db, secretById, row => row.id),
    /** The 50 that were made last, in every state. */
    secretsByApplication: manyBy<ApplicationSecretRow>(db, secrets, row => row.applicationId),
    keysByApplication: manyBy<ApplicationKeyRow>(db, keys, row => row.applicationId),
  }
}

/** The status at this moment; no job has to run for a secret to expire. */
export function statusAt({ expiresAt, revokedAt }: ApplicationSecretRow, now: Date): ApplicationSecretStatus {
  if (revokedAt !== null) return 'REVOKED'
  return dateOf(expiresAt) <= now ? 'EXPIRED' : 'ACTIVE'
}
