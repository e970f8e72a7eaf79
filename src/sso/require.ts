import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { SsoLockoutError } from './errors.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

const wayIn = statement(
  'is_owner_with_sso',
  `select exists (
     select from membership m
     join membership_role mr on mr.organization_id = m.organization_id and mr.membership_id = m.id
     join template_role r on r.id = mr.template_role_id and r.is_owner
     where m.organization_id = $1 and m.suspended_at is null
       and (exists (select from sso_identity i
              where i.organization_id = $1 and i.connector_id = $2 and i.principal_id = m.principal_id)
         or (exists (select from break_glass g where g.organization_id = $1 and g.membership_id = m.id)
           and (exists (select from second_factor f where f.principal_id = m.principal_id)
             or exists (select from passkey k where k.principal_id = m.principal_id))))) as "isThere"`,
)

interface Wanted {
  readonly isEnabled: boolean
  readonly isRequired: boolean
  /** Whether the settings stay as they were tested. */
  readonly isTested: boolean
}

/**
 * Refuses to require a connector that locks everybody out: one that is not in use, or through which no owner ever came
 * (SSO-5). One that is required already may be switched off, and on again.
 * @throws SsoLockoutError
 */
export async function refuseLockout(tx: Tx, before: SsoConnectorRow | null, wanted: Wanted): Promise<void> {
  if (!wanted.isRequired) return
  const isNew = before?.isRequired !== true
  if (isNew && !(wanted.isEnabled && wanted.isTested)) throw new SsoLockoutError('NOT_USABLE')
  if (before === null || !wanted.isEnabled || (!isNew && before.isEnabled)) return
  const [row] = await tx.rows<{ isThere: boolean }>(wayIn, [before.organizationId, before.id])
  if (row?.isThere !== true) throw new SsoLockoutError('NO_OWNER')
}
