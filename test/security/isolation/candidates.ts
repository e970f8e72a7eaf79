import type { NodeType } from '../../../src/graphql/ids.ts'
import type { Client, Result } from '../../kit/client.ts'
import type { Person } from '../../kit/world.ts'
import type { Parties } from './callers.ts'
import { fresh, word } from './own-values.ts'
import { invitationTo, ownershipOffered } from './side.ts'
import type { Slot } from './slots.ts'

/** Somebody, and the id of something that they may name in a slot. */
export interface Candidate {
  readonly caller: Client
  readonly id: string
}

/** Those of whom one should be told a thing that is there from one that is not. */
export async function candidatesFor(parties: Parties, slot: Slot, node: NodeType): Promise<Candidate[]> {
  const { own, world, callers } = parties
  const owner = callers['an owner']
  if (slot.declared === 'AuditEventFilter.actorId') return [{ caller: world.operator, id: await actor(parties, node) }]
  if (slot.declared === 'AddMachineMemberInput.roleIds') return [{ caller: owner, id: own.machineRoleId }]
  if (slot.key === 'Query.auditEvents.filter.targetId')
    return [{ caller: world.operator, id: await touched(parties, node) }]
  // These are for operators alone.
  if (/^Query\.(auditEvents\.organizationId|preview(Permission|ApiResource)Deletion\.)/.test(slot.key))
    return [{ caller: world.operator, id: own.ids[node] }]
  if (slot.declared === 'UpdateOrganizationTemplateInput.defaultRoleId')
    return [{ caller: world.operator, id: await templateRole(world.operator) }]
  if (['RestoreOrganizationInput.organizationId', 'PurgeOrganizationInput.organizationId'].includes(slot.declared))
    return [{ caller: world.operator, id: await deleted(parties) }]
  // Together with memberships of it, which another organization does not have.
  if (slot.declared === 'ChangeRolesOfMembersInput.organizationId') return [{ caller: owner, id: own.organization.id }]
  if (slot.declared === 'InvitationRef.id') return [await recipient(parties)]
  if (slot.declared === 'TransferOwnershipInput.organizationId') return [{ caller: owner, id: own.organization.id }]
  if (/^(Accept|Decline)OwnershipInput\./.test(slot.declared)) return [await offered(parties)]
  if (slot.type.name !== 'Mutation') return [{ caller: owner, id: own.ids[node] }]
  return [
    { caller: owner, id: await fresh(parties, node) },
    { caller: world.operator, id: await fresh(parties, node) },
  ]
}

/** Of whom there is an entry in the log of the organization and in that of the deployment. */
async function actor({ own, callers }: Parties, node: NodeType): Promise<string> {
  const by = node === 'User' ? own.owner : callers['a machine with every permission']
  const role = { organizationId: own.organization.id, name: word(), permissionIds: [] }
  await by.mutate('createCustomRole', role)
  await by.refusal('createMachineApplication', { name: 'Not mine to make' })
  const { viewer } = await by.query('{ viewer { principal { id } } }')
  return viewer.principal.id
}

/** What the log of the deployment tells of. */
async function touched(parties: Parties, node: NodeType): Promise<string> {
  const { operator } = parties.world
  if (node === 'OrganizationRole') return templateRole(operator)
  const id = await fresh(parties, node)
  if (node === 'User')
    await operator.mutate('setManagementPermissions', { principalId: id, permissions: ['AUDIT_READ'] })
  return id
}

async function templateRole(operator: Person): Promise<string> {
  const input = { name: word(), permissionIds: [] }
  const made: Result = await operator.mutate(
    'createTemplateRole',
    input,
    '... on CreateTemplateRolePayload { role { id } }',
  )
  return made.role.id
}

async function deleted(parties: Parties): Promise<string> {
  const organizationId = await fresh(parties, 'Organization')
  await parties.own.owner.mutate('deleteOrganization', { organizationId })
  return organizationId
}

async function recipient({ own, world }: Parties): Promise<Candidate> {
  const caller = await world.person()
  return { caller, id: await invitationTo(own.organization, own.owner, caller.email) }
}

async function offered({ own }: Parties): Promise<Candidate> {
  const caller = await own.organization.member()
  return { caller, id: await ownershipOffered(own.organization, own.owner, caller.membershipId) }
}
