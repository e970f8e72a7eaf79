import type { Client } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import type { World } from '../kit/world.ts'

const statuses = new Set(['acceptInvitation', 'declineInvitation', 'revokeInvitation'])

/** What a mutation ends in: the name of its result, with the status of a closed one; or the code of a top-level error. */
export async function outcome(by: Client, name: string, input: object): Promise<string> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const status = statuses.has(name) ? '... on InvitationClosedError { status }' : ''
  const text = `mutation($input: ${type}Input!) { ${name}(input: $input) { __typename ${status} } }`
  const { data, errors } = await by.send(text, { input })
  const result = data?.[name] ?? {}
  return errors[0]?.extensions.code ?? [result.__typename, result.status].filter(Boolean).join(' ')
}
export const accept = (by: Client, id: string) => outcome(by, 'acceptInvitation', { invitation: { id } })
export const decline = (by: Client, id: string) => outcome(by, 'declineInvitation', { invitation: { id } })
export const revoke = (by: Client, id: string) => outcome(by, 'revokeInvitation', { invitationId: id })

/** Starts them in either order: neither side is always the first. */
export async function together(
  round: number,
  first: () => Promise<string>,
  second: () => Promise<string>,
): Promise<[string, string]> {
  if (round % 2 === 0) return Promise.all([first(), second()])
  const [b, a] = await Promise.all([second(), first()])
  return [a, b]
}

/** What became of an invitation, as the tables have it: members of that address, entries and events of its end. */
export async function traces(w: World, id: string) {
  const [row] = await sql<{ status: string; members: number; ended: string[]; emitted: string[] }>(
    w,
    `select i.status,
       (select count(*)::int from membership m join principal p on p.id = m.principal_id
         where m.organization_id = i.organization_id and p.email_key = i.email_key) as members,
       array(select a.action from audit_event a where a.target_id = i.id and a.action <> 'INVITATION_CREATED') as ended,
       array(select o.type from outbox_event o where o.payload ->> 'invitationId' = i.id::text and o.type <> 'INVITATION_CREATED') as emitted
     from invitation i where i.id = $1`,
    [uuidOf(id)],
  )
  return row
}
/** The traces of one that ended once, so. */
export const left = (status: string) => {
  const events = [`INVITATION_${status}`]
  return { status, members: status === 'ACCEPTED' ? 1 : 0, ended: events, emitted: events }
}
