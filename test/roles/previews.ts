import type { Client, Loose } from '../kit/client.ts'
import { sql } from '../kit/rows.ts'
import type { World } from '../kit/world.ts'

const previewFields = `refusal { resultType message } fingerprint holderCount invitationCount inviteLinkCount memberCount organizationCount
  permissions { permission { key } isGained memberCount organizationCount }`
const change = `query($roleId: ID!, $permissionIds: [ID!]!, $after: String) {
  preview: previewRoleChange(roleId: $roleId, permissionIds: $permissionIds) { ${previewFields}
    members(first: 3, after: $after) { totalCount pageInfo { hasNextPage endCursor }
      nodes { membership { id } gains { key } loses { key } } } } }`
const deletion = change
  .replace('$permissionIds: [ID!]!', '$replacementRoleId: ID')
  .replace(
    'previewRoleChange(roleId: $roleId, permissionIds: $permissionIds)',
    'previewRoleDeletion(roleId: $roleId, replacementRoleId: $replacementRoleId)',
  )

/** What a preview says, with all pages of its members: of a change with `permissionIds`, of a deletion without. */
export async function previewOf(by: Client, variables: object): Promise<Loose | null> {
  const query = 'permissionIds' in variables ? change : deletion
  const { preview } = await by.query(query, variables)
  if (preview === null || preview.members === null) return preview
  const members: Loose[] = [...preview.members.nodes]
  for (let page = preview.members; page.pageInfo.hasNextPage; ) {
    page = (await by.query(query, { ...variables, after: page.pageInfo.endCursor })).preview.members
    members.push(...page.nodes)
  }
  return { ...preview, total: preview.members.totalCount, members }
}

/** What everybody may do in each organization by their roles: straight from the tables, by another way than the preview. */
async function effective(w: World): Promise<Map<string, { organization: string; keys: string[] }>> {
  const rows = await sql<{ id: string; organization: string; keys: string[] }>(
    w,
    `select translate(encode(('Membership:' || m.id)::bytea, 'base64'), E'+/=\\n', '-_') as id, m.organization_id as organization,
       coalesce(array_agg(distinct p.key order by p.key) filter (where p.key is not null), '{}') as keys
     from membership m
     left join membership_role mr on mr.organization_id = m.organization_id and mr.membership_id = m.id
     left join organization_role_permission rp on rp.role_id = mr.role_id
     left join permission p on p.id = rp.permission_id
     group by m.organization_id, m.id`,
  )
  return new Map(rows.map(row => [row.id, row]))
}

/** What really changed while this ran, in the words of a preview. */
export async function changed(w: World, run: () => Promise<unknown>) {
  const before = await effective(w)
  await run()
  const after = await effective(w)
  const members = [...before].flatMap(([id, { organization, keys }]) => {
    const now = after.get(id)?.keys ?? []
    const gains = now.filter(key => !keys.includes(key))
    const loses = keys.filter(key => !now.includes(key))
    return gains.length + loses.length === 0 ? [] : [{ id, organization, gains, loses }]
  })
  const all = (of: 'gains' | 'loses') =>
    [...new Set(members.flatMap(member => member[of]))].map(key => {
      const concerned = members.filter(member => member[of].includes(key))
      return {
        ...{ permission: { key }, isGained: of === 'gains', memberCount: concerned.length },
        organizationCount: new Set(concerned.map(member => member.organization)).size,
      }
    })
  return {
    memberCount: members.length,
    organizationCount: new Set(members.map(member => member.organization)).size,
    permissions: inOrder([...all('gains'), ...all('loses')]),
    members: members
      .map(({ id, gains, loses }) => ({ id, gains: gains.toSorted(), loses: loses.toSorted() }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

/** What a preview promises, in the same words. */
export function promised(preview: Loose | null) {
  if (preview === null) return null
  const keys = (permissions: Loose[]) => permissions.map(permission => permission.key).toSorted()
  return {
    memberCount: preview.memberCount,
    organizationCount: preview.organizationCount,
    permissions: inOrder(preview.permissions),
    members: (preview.members as Loose[])
      .map(row => ({ id: row.membership.id, gains: keys(row.gains), loses: keys(row.loses) }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  }
}

const inOrder = (rows: Loose[]) => rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
const nameOf = (row: Loose) => `${row.isGained} ${row.permission.key}`
