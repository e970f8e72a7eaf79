import type { Client } from '../client/client.ts'
import { Refused } from '../client/onboard.ts'
import { toCsv } from './csv.ts'
import { MembersToExport } from './operations.ts'

/** Every member as CSV, page after page: a part of the file for each page, so that no list has to fit into memory. */
export async function* exportMembers(client: Client, slug: string): AsyncGenerator<string> {
  yield toCsv([['name', 'email', 'roles', 'origin', 'joinedAt']])
  let after: string | null = null
  do {
    const page = await pageOf(client, slug, after)
    yield toCsv(
      page.nodes.map(({ principal, roles, origin, joinedAt }) => [
        principal.displayName,
        ('email' in principal ? principal.email : null) ?? '',
        roles.map(role => role.name).join('; '),
        origin,
        joinedAt,
      ]),
    )
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
}

async function pageOf(client: Client, slug: string, after: string | null) {
  const { organization } = await client.run(MembersToExport, { slug, after })
  if (organization === null) throw new Refused(`There is no organization "${slug}", or it is not yours to see.`)
  if (organization.members === null) throw new Refused('You may not see the members.')
  return organization.members
}
