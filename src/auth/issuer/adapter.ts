import { createHash } from 'node:crypto'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { connectorMethod } from '../../sso/methods.ts'

type Store = Pick<Services, 'pool' | 'clock'>
interface Row {
  payload: AdapterPayload
  consumed: number | null
}

const columns = 'payload, extract(epoch from consumed_at)::integer as consumed'
const upsert = statement(
  'oidc_upsert',
  `insert into oidc_record (model, id_hash, payload, grant_id, uid, user_code, expires_at) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (model, id_hash) do update set payload = $3, grant_id = $4, uid = $5, user_code = $6, expires_at = $7`,
)
const find = statement('oidc_find', `select ${columns} from oidc_record where model = $1 and id_hash = $2`)
const findByUid = statement('oidc_find_by_uid', `select ${columns} from oidc_record where model = $1 and uid = $2`)
const findByUserCode = statement(
  'oidc_find_by_user_code',
  `select ${columns} from oidc_record where model = $1 and user_code = $2`,
)
const consume = statement(
  'oidc_consume',
  'update oidc_record set consumed_at = $3 where model = $1 and id_hash = $2 and consumed_at is null returning model',
)
const destroy = statement('oidc_destroy', 'delete from oidc_record where model = $1 and id_hash = $2')
const revoke = statement('oidc_revoke', 'delete from oidc_record where model = $1 and grant_id = $2')
const revokeAll = statement(
  'oidc_revoke_all',
  `delete from oidc_record where grant_id = $1 or (model = 'Grant' and id_hash = $2)`,
)
const forget = statement('oidc_forget_account', `delete from oidc_record where payload ->> 'accountId' = $1`)
const forgetThrough = statement(
  'oidc_forget_connector',
  `delete from oidc_record where payload -> 'amr' ? $3 and payload ->> 'accountId' in (
     select principal_id::text from sso_identity where organization_id = $1 and connector_id = $2)`,
)
const purge = statement('oidc_purge', 'delete from oidc_record where expires_at < $1')

/**
 * What oidc-provider remembers, in PostgreSQL. Ids and tokens are kept as hashes; the id itself, which is the token, is
 * put back into what is found by it.
 */
export function createAdapter({ pool, clock }: Store): (model: string) => Adapter {
  return model => {
    const one = async (text: string, key: string, id?: string) => {
      const { rows } = await pool.query<Row>(text, [model, key])
      return rows[0] === undefined ? undefined : restored(rows[0], id)
    }
    return {
      async upsert(id, { jti: _, ...payload }, expiresIn) {
        const expiresAt = expiresIn === undefined ? null : new Date(clock().getTime() + expiresIn * 1000)
        const { grantId = null, uid = null, userCode = null } = payload
        await pool.query(upsert.text, [model, hashOf(id), JSON.stringify(payload), grantId, uid, userCode, expiresAt])
      },
      find: id => one(find.text, hashOf(id), id),
      findByUid: uid => one(findByUid.text, uid),
      findByUserCode: code => one(findByUserCode.text, code),
      async consume(id) {
        const { rows } = await pool.query(consume.text, [model, hashOf(id), clock()])
        if (rows.length > 0) return
        // Two at once with the same code or refresh token: whoever comes second is a replay like any other (TOK-8).
        const { rows: used } = await pool.query<Row>(find.text, [model, hashOf(id)])
        await endGrant({ pool }, used[0]?.payload.grantId ?? '')
        throw new errors.InvalidGrant('it was used already')
      },
      async destroy(id) {
        await pool.query(destroy.text, [model, hashOf(id)])
      },
      async revokeByGrantId(grantId) {
        await pool.query(revoke.text, [model, grantId])
      },
    }
  }
}

/** Ends a grant with every code and token of it. */
export async function endGrant({ pool }: Pick<Store, 'pool'>, grantId: string): Promise<void> {
  await pool.query(revokeAll.text, [grantId, hashOf(grantId)])
}

/** Ends every session, grant and refresh token of an account: who is deleted is signed in nowhere. */
export async function forgetAccount(tx: Pick<Tx, 'rows'>, accountId: string): Promise<void> {
  await tx.rows(forget, [accountId])
}

/** Ends every session, code and refresh token of a sign-in through this connector, while it is known whose they are. */
export async function forgetConnector(
  tx: Pick<Tx, 'rows'>,
  organizationId: string,
  connectorId: string,
): Promise<void> {
  await tx.rows(forgetThrough, [organizationId, connectorId, connectorMethod(connectorId)])
}

/** Throws away what has expired. A consumed refresh token stays until then, so that its reuse is noticed. */
export async function purgeRecords({ pool, clock }: Store): Promise<void> {
  await pool.query(purge.text, [clock()])
}

const restored = ({ payload, consumed }: Row, id: string | undefined): AdapterPayload => ({
  ...payload,
  ...(id !== undefined && { jti: id }),
  ...(consumed !== null && { consumed }),
})

/** How a token or id stands in the database: it is random, so a plain hash of it cannot be guessed back. */
export function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}
