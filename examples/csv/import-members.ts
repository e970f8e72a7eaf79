import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, RequestFailed } from '../client/client.ts'
import { Refused } from '../client/onboard.ts'
import { parseCsv, type Row, toCsv } from './csv.ts'
import { InviteMembers, RolesToOffer } from './operations.ts'

const largestBatch = 500
const attempts = 4

interface Offer {
  readonly row: Row
  readonly email: string
  readonly roleIds: string[] | null
  readonly expiresAt: string | null
}
interface Outcome {
  readonly row: Row
  readonly outcome: string
  readonly message: string
}

/**
 * Invites everybody in a file with the columns `email`, and if need be `roles` (names, separated by `;`) and `expiresAt`.
 * Returns the outcome of each line as CSV, and how many were invited.
 */
export async function importMembers(client: Client, slug: string, text: string) {
  const rows = parseCsv(text)
  const [first] = rows
  if (first !== undefined && first.cells.email === undefined) throw new Refused('The file has no column "email".')
  const { organization } = await client.run(RolesToOffer, { slug })
  if (organization === null) throw new Refused(`There is no organization "${slug}", or it is not yours to see.`)
  const read = rows.map(row =>
    offerOf(row, new Map(organization.roles.map(role => [role.name.toLowerCase(), role.id]))),
  )
  const offers = read.filter((one): one is Offer => 'email' in one)
  const outcomes = read.filter((one): one is Outcome => 'outcome' in one)
  for (let start = 0; start < offers.length; start += largestBatch)
    outcomes.push(...(await invite(client, organization.id, offers.slice(start, start + largestBatch))))
  const lines = outcomes
    .toSorted((a, b) => a.row.line - b.row.line)
    .map(({ row, outcome, message }) => [String(row.line), row.cells.email ?? '', outcome, message])
  const invited = outcomes.filter(one => one.outcome === 'Invited').length
  return { csv: toCsv([['line', 'email', 'outcome', 'message'], ...lines]), invited, others: lines.length - invited }
}

/** What a line offers; or its outcome already, when it names a role that there is none of. */
function offerOf(row: Row, roles: ReadonlyMap<string, string>): Offer | Outcome {
  const { email = '', roles: named = '', expiresat = '' } = row.cells
  const names = named.split(';').flatMap(name => (name.trim() === '' ? [] : [name.trim()]))
  const unknown = names.filter(name => !roles.has(name.toLowerCase()))
  if (unknown.length > 0) return { row, outcome: 'UnknownRole', message: `There is no role ${unknown.join(', ')}.` }
  const roleIds = names.flatMap(name => roles.get(name.toLowerCase()) ?? [])
  return { row, email, roleIds: names.length === 0 ? null : roleIds, expiresAt: expiresat === '' ? null : expiresat }
}

async function invite(client: Client, organizationId: string, offers: readonly Offer[]): Promise<Outcome[]> {
  const invitations = offers.map(({ email, roleIds, expiresAt }) => ({ email, roleIds, expiresAt }))
  // Made of what is sent: the same batch has the same key, in this run and when the file is imported again today.
  const idempotencyKey = createHash('sha256').update(JSON.stringify(invitations)).digest('base64url')
  const result = await patiently(() =>
    client.run(InviteMembers, { input: { organizationId, invitations, idempotencyKey } }),
  )
  if (result.inviteMembers.__typename !== 'InviteMembersPayload') throw new Refused(result.inviteMembers.message)
  const { results } = result.inviteMembers
  return offers.map(({ row }, index) => {
    const one = results[index]
    if (one === undefined) throw new Error('there is one result for each invitation')
    return one.__typename === 'Invitation'
      ? { row, outcome: 'Invited', message: '' }
      : { row, outcome: one.__typename, message: one.message }
  })
}

/** Asks again when no answer came: with its key, a batch that was done all the same is not done twice. */
async function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      const isLost = error instanceof RequestFailed && (error.code === 'NETWORK' || error.code === 'NO_GRAPHQL')
      if (!isLost || attempt === attempts) throw error
      await delay(250 * attempt)
    }
  }
}
