import type { Tx } from '../db/transaction.ts'

/** The groups that a provider says somebody is in. */
export interface Groups {
  readonly connectorId: string
  readonly groups: readonly string[]
}

/**
 * The roles that groups stand for in an organization: all of them, and those of somebody in these groups. Ownership is
 * never decided by a group.
 */
export async function mappedRoles({ load }: Pick<Tx, 'load'>, organizationId: string, { connectorId, groups }: Groups) {
  const [rows, template] = await Promise.all([load.groupMappingsBySsoConnector.load(connectorId), load.templateRoles()])
  const owner = template.find(role => role.isOwner)?.id
  const here = rows.filter(row => row.organizationId === organizationId && row.roleId !== owner)
  const within = new Set(groups)
  const idsOf = (of: typeof here) => new Set(of.map(row => row.roleId))
  return { all: idsOf(here), theirs: idsOf(here.filter(row => within.has(row.group))) }
}
