import { beforeAll, expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf } from '../kit/journal.ts'
import { type Person, type World, world } from '../kit/world.ts'

const node = 'query($id: ID!) { node(id: $id) { __typename id } }'
const nodes = 'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }'

/** Who asks: in the organization, or not. */
const askers = [
  'owner',
  'member',
  'withoutRoles',
  'invitee',
  'foreigner',
  'operator',
  'organizationReader',
  'machine',
] as const
type Asker = (typeof askers)[number]

interface Scene {
  readonly w: World
  readonly by: Readonly<Record<Asker, Person>>
  readonly ids: Readonly<Record<string, string>>
}
let scene: Scene

const inside: Asker[] = ['owner', 'member', 'withoutRoles', 'operator', 'organizationReader', 'machine']
const readers: Asker[] = ['owner', 'member', 'operator', 'organizationReader', 'machine']
const everybody = [...askers]

/** What there is, and who sees it. */
const visible: [what: string, type: string, by: Asker[]][] = [
  ['organization', 'Organization', inside],
  ['membership', 'Membership', readers],
  ['membershipWithoutRoles', 'Membership', [...readers, 'withoutRoles']],
  ['user', 'User', readers],
  ['application', 'MachineApplication', readers],
  ['templateRole', 'OrganizationRole', everybody],
  ['customRole', 'OrganizationRole', inside],
  ['permission', 'Permission', everybody],
  ['apiResource', 'ApiResource', everybody],
  ['invitation', 'Invitation', ['owner', 'invitee', 'operator', 'organizationReader']],
  ['auditEvent', 'AuditEvent', ['owner', 'operator']],
  ['deploymentEvent', 'AuditEvent', ['operator']],
]

beforeAll(async () => {
  const w = await world()
  const [member, withoutRoles, invitee] = [await w.acme.member(), await memberWith(w.acme, []), await w.person()]
  const machine = await w.machine()
  const organizationId = w.acme.id
  const roleIds = [await w.roleId('Service')]
  const joined = await w.operator.mutate(
    'addMachineMember',
    { organizationId, applicationId: await machine.id(), roleIds },
    '... on AddMachineMemberPayload { membership { id } }',
  )
  const invited = await w.owner.mutate(
    'inviteMember',
    { organizationId, email: invitee.email },
    '... on InviteMemberPayload { invitation { id } }',
  )
  const audience = `https://${crypto.randomUUID()}.test`
  const resource = await w.operator.mutate(
    'createApiResource',
    { name: 'Invoices', audience },
    '... on CreateApiResourcePayload { apiResource { id } }',
  )
  const events = 'auditEvents(first: 1) { nodes { id } }'
  const log = await w.operator.query(
    `query($id: ID!) { ${events} organization(by: { id: $id }) { ${events} } }`,
    w.acme,
  )
  const foreigner = await w.person()
  await w.organization(foreigner)
  scene = {
    w,
    by: {
      owner: w.owner,
      member,
      withoutRoles,
      invitee,
      foreigner,
      operator: w.operator,
      organizationReader: await operatorWith(w, ['ORGANIZATIONS_READ']),
      machine,
    },
    ids: {
      organization: organizationId,
      membership: joined.membership.id,
      membershipWithoutRoles: withoutRoles.membershipId,
      user: await w.owner.id(),
      application: await machine.id(),
      templateRole: await w.roleId('Owner'),
      customRole: await w.acme.customRole(['member:read']),
      permission: await w.permissionId('member:read'),
      apiResource: resource.apiResource.id,
      invitation: invited.invitation.id,
      auditEvent: log.organization.auditEvents.nodes[0].id,
      deploymentEvent: log.auditEvents.nodes[0].id,
    },
  }
})

const cases = visible.flatMap(([what, type, by]) =>
  askers.map(asker => ({ what, type, asker, sees: by.includes(asker) ? 'sees' : 'does not see' })),
)

test.each(cases)('$asker $sees the $what by its id', async ({ what, type, asker, sees }) => {
  const id = scene.ids[what] ?? ''
  const shown = sees === 'sees' ? { __typename: type, id } : null
  expect(await scene.by[asker].query(node, { id })).toEqual({ node: shown })
  expect(await scene.by[asker].query(nodes, { ids: [id] })).toEqual({ nodes: [shown] })
})

test('nodes come in the order of the ids, null for each that is not to be seen, the same one twice when asked', async () => {
  const { w, ids, by } = scene
  const asked = [
    ids.permission,
    missingId('User'),
    ids.auditEvent,
    ids.organization,
    ids.permission,
    ids.deploymentEvent,
  ]
  const found = (await by.member.query(nodes, { ids: asked })).nodes
  expect(found.map((one: { id: string } | null) => one?.id ?? null)).toEqual([
    ids.permission,
    null,
    null,
    w.acme.id,
    ids.permission,
    null,
  ])
})

test.each(visible)('the %s under another type’s name is nothing, not even for an operator', async (what, type) => {
  const uuid = uuidOf(scene.ids[what] ?? '')
  const types = [...new Set(visible.map(([, name]) => name))].filter(name => name !== type)
  const ids = types.map(name => Buffer.from(`${name}:${uuid}`).toString('base64url'))
  expect((await scene.by.operator.query(nodes, { ids })).nodes).toEqual(ids.map(() => null))
})

test('without a token nothing is a node, whether it exists or not', async () => {
  const anonymous = scene.w.anonymous()
  for (const id of [...Object.values(scene.ids), missingId('User')]) {
    const answer = await anonymous.send(node, { id })
    expect(answer.data).toEqual({ node: null })
    expect(answer.errors.map(error => error.extensions.code)).toEqual(['UNAUTHENTICATED'])
  }
})

test('many nodes of a type are read in as many statements as one', async () => {
  const { w } = scene
  const made: string[] = []
  for (let index = 0; index < 4; index++) made.push((await w.acme.member()).membershipId)
  const count = async (ids: string[]) => {
    w.statements.splice(0)
    await w.owner.query(nodes, { ids })
    return w.statements.splice(0).length
  }
  expect(await count(made)).toBe(await count(made.slice(0, 1)))
})
