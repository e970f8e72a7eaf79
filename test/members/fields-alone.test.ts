import { isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../../src/graphql/schema.ts'
import { fieldOf } from '../kit/selection.ts'
import { type Person, type World, world } from '../kit/world.ts'

// A list reads the columns that its query asks for. What a member shows is the same whichever fields are asked for
// beside it: each field is asked for alone, on a list, and on the object itself, which is always read whole.

interface Shown {
  readonly id: string
  readonly principal: object
}

/** Every field of a type, with what is directly below it. */
function fieldsOf(name: string, { acme }: World): string[] {
  const type = schema.getType(name)
  if (!isObjectType(type)) throw new Error(`${name} is no object`)
  const id = JSON.stringify(acme.id)
  const literals = {
    'OrganizationRole.memberCount.organizationId': id,
    'OrganizationRole.viewerCanAssign.organizationId': id,
  }
  return Object.values(type.getFields()).map(field => fieldOf(type, field, { depth: 0, literals }))
}

async function withAllSorts(): Promise<World> {
  const w = await world()
  const userId = await w.operator.id()
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId, roleIds: [await w.roleId('Admin')] })
  const member = await w.acme.member()
  await w.owner.mutate('updateMember', { membershipId: member.membershipId, customData: { replace: { shoe: 43 } } })
  const suspended = await w.acme.member()
  await w.owner.mutate('suspendMember', { membershipId: suspended.membershipId })
  const machine = await w.machine()
  const roleIds = [await w.roleId('Service')]
  await w.operator.mutate('addMachineMember', { organizationId: w.acme.id, applicationId: await machine.id(), roleIds })
  return w
}

async function listed(by: Person, w: World, selection: string): Promise<Shown[]> {
  const query = `query($id: ID!) { organization(by: { id: $id }) { members { nodes { id ${selection} } } } }`
  return (await by.query(query, { id: w.acme.id })).organization.members.nodes
}

async function itself(by: Person, id: string, selection: string): Promise<Shown> {
  return (await by.query(`query($id: ID!) { node(id: $id) { ... on Membership { id ${selection} } } }`, { id })).node
}

async function expectSame(w: World, selection: string): Promise<void> {
  for (const by of [w.owner, w.operator]) {
    const members = await listed(by, w, selection)
    expect(members).toHaveLength(5)
    for (const member of members) expect(member, selection).toEqual(await itself(by, member.id, selection))
  }
}

test('each field of a member on a list, asked for alone, is what the member itself shows', async () => {
  const w = await withAllSorts()
  for (const selection of fieldsOf('Membership', w)) {
    await expectSame(w, selection)
  }
})

test('so is each field of the user or the machine behind it', async () => {
  const w = await withAllSorts()
  for (const type of ['User', 'MachineApplication']) {
    for (const field of fieldsOf(type, w)) {
      const selection = `principal { __typename ... on ${type} { ${field} } }`
      await expectSame(w, selection)
    }
  }
})
