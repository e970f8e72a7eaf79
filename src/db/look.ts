import { type Caller, givenTo } from '../auth/actor.ts'
import type { ReadBatch } from './read-batch.ts'
import type { Timeouts } from './session.ts'
import { statement } from './statement.ts'

/**
 * Takes the restricted role, and tells row-level security who acts: the viewer's id, the key of their address, what they
 * manage (null to look it up), the organization of their token, and two timeouts in milliseconds; without an id nobody.
 */
export const look = statement(
  'look',
  'select management, template, is_known as "isKnown" from tenantry_look($1, $2, $3, $4, $5, $6)',
)

/** What a transaction learns as it begins: who calls, what they may do as an operator, and the version of the template. */
export interface Looked {
  readonly management: string
  readonly template: number
  /** Whether there is such a caller; their account may be gone since the token was verified. */
  readonly isKnown: boolean
}

const commit = statement('commit', 'commit')
const begin = statement('begin', 'begin isolation level repeatable read, read only')

/** Begins a read transaction, after the end of the one before, and tells row-level security who looks. */
export async function beginRead(
  send: ReadBatch['ask'],
  caller: Caller | null,
  { isInTransaction, statement, lock }: Timeouts & { isInTransaction: boolean },
): Promise<Looked> {
  const given = caller === null ? null : givenTo(caller)
  const boundTo = caller?.token?.organizationId ?? null
  const who = [caller?.id ?? null, caller?.emailKey ?? null, given, boundTo]
  const began = [...(isInTransaction ? [send(commit)] : []), send(begin)]
  const [row] = await Promise.all([send(look, [...who, statement, lock]), ...began])
  const [management, template, isKnown] = row ?? []
  if (management == null) throw new Error('tenantry_look answered nothing')
  return { management, template: Number(template), isKnown: isKnown === 't' }
}
