import { describe, expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { limitSeats, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { accept, decline, invite, revoke, seen } from './offers.ts'

const everything = `id email status createdAt expiresAt viewerCanAccept viewerCanRevoke organizationName organizationLogoUrl
  organization { id slug name seatLimit members { totalCount } }
  roles { name organization { id } memberCount(organizationId: $organization) viewerCanAssign(organizationId: $organization) }
  inviter { displayName managementPermissions memberships { totalCount } ... on User { email isEmailVerified } }
  acceptedBy { displayName email }`

async function look(by: Client, id: string, { acme }: World): Promise<Loose> {
  const query = `query($id: ID!, $organization: ID!) { node(id: $id) { ... on Invitation { ${everything} } } }`
  return (await by.query(query, { id, organization: acme.id })).node
}

test('its recipient sees the offer and nothing more of the organization (INV-13)', async () => {
  const w = await world()
  await w.owner.mutate('updateOrganization', {
    organizationId: w.acme.id,
    name: 'Initech',
    logoUrl: 'https://initech.test/logo.svg',
  })
  const invitee = await w.person('Milton@people.test')
  const roleIds = [await w.roleId('Member'), await w.acme.customRole(['audit:read'], { name: 'Auditor' })]
  const id = await invite(w.owner, w.acme, 'milton@people.test', { roleIds })
  const { inviter, roles, ...offer } = await look(invitee, id, w)
  const at = w.clock().getTime()
  expect(offer).toEqual({
    id,
    email: 'milton@people.test',
    status: 'PENDING',
    createdAt: new Date(at).toISOString(),
    expiresAt: new Date(at + 7 * 86_400_000).toISOString(),
    viewerCanAccept: true,
    viewerCanRevoke: false,
    organizationName: 'Initech',
    organizationLogoUrl: 'https://initech.test/logo.svg',
    organization: null,
    acceptedBy: null,
  })
  expect(inviter).toEqual({
    displayName: expect.any(String),
    managementPermissions: null,
    memberships: { totalCount: 0 },
    email: null,
    isEmailVerified: null,
  })
  const hidden = { organization: null, memberCount: null, viewerCanAssign: false }
  expect(roles.sort((a: Loose, b: Loose) => a.name.localeCompare(b.name))).toEqual([
    { name: 'Auditor', ...hidden },
    { name: 'Member', ...hidden },
  ])
})

test('neither the organization, its other roles nor its members open up to its recipient by their ids (INV-13)', async () => {
  const w = await world()
  const invitee = await w.person()
  const offered = await w.acme.customRole(['audit:read'])
  const other = await w.acme.customRole(['audit:read'])
  await invite(w.owner, w.acme, invitee.email, { roleIds: [offered] })
  const ids = [w.acme.id, other, offered, w.owner.membershipId, await w.owner.id()]
  const { nodes } = await invitee.query('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
  expect(nodes).toEqual([null, null, null, null, null])
  const query = 'query($slug: String!) { organization(by: { slug: $slug }) { id } }'
  expect((await invitee.query(query, { slug: w.acme.slug })).organization).toBe(null)
})

test('whoever holds invitation:read sees the organization as well, and who accepted', async () => {
  const w = await world()
  const invitee = await w.person('grace.hopper@people.test')
  const id = await invite(w.owner, w.acme, invitee.email)
  await accept(invitee, id)
  const admin = await memberWith(w.acme, ['invitation:read', 'member:read'])
  expect(await look(admin, id, w)).toMatchObject({
    organization: { id: w.acme.id, members: { totalCount: 3 } },
    inviter: { email: w.owner.email },
    acceptedBy: { displayName: 'Grace Hopper', email: 'grace.hopper@people.test' },
    viewerCanAccept: false,
    viewerCanRevoke: false,
  })
})

test('a member without invitation:read, a stranger and another organization see none', async () => {
  const w = await world()
  const id = await invite(w.owner, w.acme, 'grace@people.test')
  const stranger = await w.person()
  await w.organization(stranger)
  const member = await memberWith(w.acme, ['member:read', 'invitation:create', 'invitation:revoke'])
  for (const other of [member, stranger, await w.machine()]) expect(await seen(other, id)).toBe(null)
  expect(await seen(await operatorWith(w, ['ORGANIZATIONS_READ']), id)).toMatchObject({ status: 'PENDING' })
  expect(await seen(await operatorWith(w, ['USERS_READ']), id)).toBe(null)
})

test('what its recipient answered stays to be seen by them; what was taken back does not (INV-13)', async () => {
  const { owner, acme, person, organization } = await world()
  const invitee = await person()
  const [accepted, declined, revoked] = [
    await invite(owner, acme, invitee.email),
    await invite(owner, await organization(owner), invitee.email),
    await invite(owner, await organization(owner), invitee.email),
  ]
  await accept(invitee, accepted)
  await decline(invitee, declined)
  await revoke(owner, revoked)
  expect(await seen(invitee, accepted, 'status organization { id }')).toEqual({
    status: 'ACCEPTED',
    organization: { id: acme.id },
  })
  expect(await seen(invitee, declined, 'status organization { id }')).toEqual({
    status: 'DECLINED',
    organization: null,
  })
  expect(await seen(invitee, revoked)).toBe(null)
})

test('an inviter whose account is gone leaves the invitation without inviter (MEM-9)', async () => {
  const w = await world()
  const inviter = await w.acme.member({ roles: ['Admin'] })
  const id = await invite(inviter, w.acme, 'grace@people.test')
  await sql(w, 'update invitation set inviter_id = null where id::text = $1', [
    Buffer.from(id, 'base64url').toString().split(':')[1],
  ])
  expect(await seen(w.owner, id)).toMatchObject({ status: 'PENDING', inviter: null })
})

describe('viewerCan… agrees with what the mutation then does', () => {
  const viewers: [string, (w: World, email: string) => Promise<Client>][] = [
    ['its recipient', (w, email) => w.person(email)],
    [
      'its recipient, a member by now',
      async (w, email) => {
        const person = await w.person(email)
        await w.operator.mutate('addMember', { organizationId: w.acme.id, userId: await person.id() })
        return person
      },
    ],
    ['the owner', async w => w.owner],
    ['a reader', w => memberWith(w.acme, ['invitation:read'])],
    ['a reader who may revoke', w => memberWith(w.acme, ['invitation:read', 'invitation:revoke'])],
    ['an operator', async w => w.operator],
    ['an operator who only reads', w => operatorWith(w, ['ORGANIZATIONS_READ'])],
  ]
  test.each(viewers)('for %s', async (_, viewer) => {
    const w = await world()
    const emails = ['a', 'b'].map(name => `${name}-${w.acme.slug}@people.test`)
    for (const [index, email] of emails.entries()) {
      const id = await invite(w.owner, w.acme, email)
      const by = await viewer(w, email)
      const can = await seen(by, id, 'viewerCanAccept viewerCanRevoke')
      const [name, input, flag] =
        index === 0
          ? ['acceptInvitation', { invitation: { id } }, can?.viewerCanAccept]
          : ['revokeInvitation', { invitationId: id }, can?.viewerCanRevoke]
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
      const { data, errors } = await by.send(`mutation($i: ${type}Input!) { ${name}(input: $i) { __typename } }`, {
        i: input,
      })
      const hasWorked = errors.length === 0 && data?.[name].__typename === `${type}Payload`
      expect({ name, flag }).toEqual({ name, flag: hasWorked })
    }
  })
})

test('a full organization does not hide the offer: whether there is a seat shows when it is accepted', async () => {
  const w = await world()
  const invitee = await w.person()
  const id = await invite(w.owner, w.acme, invitee.email)
  await limitSeats(w, w.acme, 1)
  expect(await seen(invitee, id, 'viewerCanAccept')).toEqual({ viewerCanAccept: true })
  expect((await accept(invitee, id)).__typename).toBe('SeatLimitReachedError')
})
