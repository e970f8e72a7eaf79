import type { Services } from '../../context.ts'
import { statement } from '../../db/statement.ts'
import { type Tx, transaction } from '../../db/transaction.ts'
import { deploymentId } from '../../ids.ts'
import { actorOf } from '../actor.ts'

const personById = statement(
  'person_at_issuer',
  'select display_name as "displayName", email from principal where id = $1',
)
interface PersonRow {
  readonly displayName: string
  readonly email: string | null
}

/** Who is signed in, as a page calls them and the audit log knows them. */
export async function personAsked({ pool }: Pick<Services, 'pool'>, accountId: string): Promise<PersonRow> {
  const { rows } = await pool.query<PersonRow>(personById.text, [accountId])
  return rows[0] ?? { displayName: '', email: null }
}

/** Runs a transaction in the deployment, in which this user acts. */
export async function asPerson<T>(services: Services, id: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  const { displayName } = await personAsked(services, id)
  const person = { kind: 'USER', id, displayName, emailKey: null, isConfiguredOperator: false, token: null } as const
  return transaction(services, { actor: actorOf(person, []), ipAddress: null }, async tx => {
    await tx.enter(deploymentId)
    return run(tx)
  })
}
