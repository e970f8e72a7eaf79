import { generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { organizationAudience } from '../../src/auth/organization-audience.ts'
import { createClient } from '../kit/client.ts'
import { uuidOf } from '../kit/journal.ts'
import { bound } from '../kit/organization-token.ts'
import { refusalOf } from '../kit/people.ts'
import { type Member, type TestOrganization, type World, world } from '../kit/world.ts'

let w: World
let other: TestOrganization & { ownerMembershipId: string }
/** The owner of both organizations, with a token for the first. */
let atAcme: Member
beforeAll(async () => {
  w = await world()
  other = await w.organization(w.owner)
  atAcme = await bound(w, w.owner, w.acme, everything)
})

const everything = ['member:read', 'member:add', 'member:remove', 'organization:update', 'organization:delete']
const byId = 'query($id: ID!) { organization(by: { id: $id }) { id } }'

describe('a token of one organization at another of the same owner', () => {
  test('finds nothing by id, slug or node (TOK-7)', async () => {
    expect(await w.owner.query(byId, { id: other.id })).toEqual({ organization: { id: other.id } })
    expect(await atAcme.query(byId, { id: other.id })).toEqual({ organization: null })
    const bySlug = 'query($slug: String!) { organization(by: { slug: $slug }) { id } }'
    expect(await atAcme.query(bySlug, { slug: other.slug })).toEqual({ organization: null })
    const nodes = 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }'
    const ids = [other.id, other.ownerMembershipId, w.acme.id]
    expect(await atAcme.query(nodes, { ids })).toEqual({ nodes: [null, null, { id: w.acme.id }] })
  })

  test('changes nothing, and cannot tell it from one that does not exist (TOK-7)', async () => {
    const unknown = Buffer.from('Organization:00000000-0000-7000-8000-000000000000').toString('base64url')
    const there = await refusalOf(atAcme, 'updateOrganization', { organizationId: other.id, name: 'Mine' })
    const nowhere = await refusalOf(atAcme, 'updateOrganization', { organizationId: unknown, name: 'Mine' })
    expect(there).toEqual(nowhere)
    expect(there.extensions.code).toBe('NOT_FOUND')
  })

  test('is not helped by aliases: of two in one document the one that is meant happens, the other does not', async () => {
    const document = `mutation($a: UpdateOrganizationInput!, $b: UpdateOrganizationInput!) {
      a: updateOrganization(input: $a) { __typename } b: updateOrganization(input: $b) { __typename } }`
    const [a, b] = [w.acme, other].map(({ id }) => ({ organizationId: id, description: 'Changed' }))
    const { errors } = await atAcme.send(document, { a, b })
    expect(errors.map(error => [error.path, error.extensions.code])).toEqual([[['b'], 'NOT_FOUND']])
    const query = 'query($id: ID!) { organization(by: { id: $id }) { description } }'
    expect(await w.owner.query(query, { id: other.id })).toEqual({ organization: { description: null } })
  })

  test('is not helped by a cursor of the other, whose members stay unseen', async () => {
    const page = (id: string, after = '') =>
      `{ organization(by: { id: "${id}" }) { members(first: 1${after}) { pageInfo { endCursor } nodes { id } } } }`
    const { organization } = await w.owner.query(page(other.id))
    const after = `, after: "${organization.members.pageInfo.endCursor}"`
    const { organization: own } = await atAcme.query(page(w.acme.id, after))
    expect(own.members.nodes.map((one: { id: string }) => one.id)).not.toContain(other.ownerMembershipId)
  })
})

describe('at the very next request', () => {
  test('a removed member has nothing left of the token, though it is verified and in time (MEM-4, ROL-4)', async () => {
    const member = await w.acme.member({ roles: ['Admin'] })
    const client = await bound(w, member, w.acme, everything)
    expect(await client.query(byId, { id: w.acme.id })).toEqual({ organization: { id: w.acme.id } })
    await w.owner.mutate('removeMember', { membershipId: member.membershipId })
    expect(await client.query(byId, { id: w.acme.id })).toEqual({ organization: null })
    expect(await client.refusal('updateOrganization', { organizationId: w.acme.id, name: 'Mine' })).toBe('NOT_FOUND')
  })

  test('a suspended member has nothing, and all of it once restored (MEM-11)', async () => {
    const member = await w.acme.member({ roles: ['Admin'] })
    const client = await bound(w, member, w.acme, everything)
    await client.query(byId, { id: w.acme.id })
    await w.owner.mutate('suspendMember', { membershipId: member.membershipId })
    expect(await client.query(byId, { id: w.acme.id })).toEqual({ organization: null })
    await w.owner.mutate('restoreMember', { membershipId: member.membershipId })
    expect(await client.query(byId, { id: w.acme.id })).toEqual({ organization: { id: w.acme.id } })
  })

  test('a role that was taken is gone, whatever the token says (ROL-4, TOK-7)', async () => {
    const member = await w.acme.member({ roles: ['Admin'] })
    const client = await bound(w, member, w.acme, everything)
    const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerPermissions { key } } }'
    expect((await client.query(query, { id: w.acme.id })).organization.viewerPermissions).not.toEqual([])
    await w.owner.mutate('replaceMemberRoles', { membershipId: member.membershipId, roleIds: [] })
    expect((await client.query(query, { id: w.acme.id })).organization.viewerPermissions).toEqual([])
  })

  test('a deleted organization is nothing, not even to restore, for its owner (ORG-6)', async () => {
    const owner = await w.person()
    const organization = await w.organization(owner)
    const client = await bound(w, owner, organization, everything)
    await client.query(byId, { id: organization.id })
    await owner.mutate('deleteOrganization', { organizationId: organization.id })
    expect(await client.query(byId, { id: organization.id })).toEqual({ organization: null })
    expect(await client.refusal('restoreOrganization', { organizationId: organization.id })).toBe('NOT_FOUND')
    expect(await owner.mutate('restoreOrganization', { organizationId: organization.id })).toMatchObject({
      __typename: 'RestoreOrganizationPayload',
    })
  })
})

describe('refused with 401 is a token', () => {
  const refusedAs = async (claims: object, header: object = {}) => {
    const id = uuidOf(w.acme.id)
    const given = { sub: uuidOf(await w.owner.id()), client_id: 'app', aud: organizationAudience(id), scope: '' }
    const token = await w.signer.sign({ ...given, ...claims }, { ...header })
    const answer = await createClient(w.app, token).send('{ viewer { principal { id } } }')
    expect(answer.status).toBe(401)
    return answer.errors[0]?.message
  }

  test('for two organizations, or for one and the gateway', async () => {
    const aud = [w.acme, other].map(({ id }) => organizationAudience(uuidOf(id)))
    const message = 'The token has more than one audience (aud); it acts in one place only.'
    expect(await refusedAs({ aud })).toBe(message)
    expect(await refusedAs({ aud: [aud[0], w.signer.audience] })).toBe(message)
  })

  test('that names one organization as its audience and another in its claims', async () => {
    expect(await refusedAs({ organization_id: uuidOf(other.id) })).toBe(
      'The token names another organization (organization_id) than its audience (aud).',
    )
  })

  test('for an API, a client or nothing that is an organization', async () => {
    for (const aud of ['https://api.test', 'app', 'urn:tenantry:organization:', 'urn:tenantry:organization:acme'])
      expect(await refusedAs({ aud })).toBe(`The token's audience (aud) is not "${w.signer.audience}".`)
  })

  test('that is no access token, though the same key signed it (RFC 8725, section 3.11)', async () => {
    expect(await refusedAs({}, { typ: 'JWT' })).toBe('Only an access token (typ "at+jwt") of this issuer gives access.')
  })

  test('signed by anybody else in the name of the built-in issuer', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const aud = organizationAudience(uuidOf(w.acme.id))
    const token = await new SignJWT({ sub: uuidOf(await w.owner.id()), aud, iss: w.signer.issuer, scope: '' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
      .setExpirationTime(Math.floor(w.clock().getTime() / 1000) + 600)
      .sign(privateKey)
    expect((await createClient(w.app, token).send('{ viewer { principal { id } } }')).status).toBe(401)
  })

  test('for an organization by an issuer that is not the built-in one', async () => {
    const aud = organizationAudience(uuidOf(w.acme.id))
    expect(await refusedAs({ iss: 'urn:tenantry:development', aud })).toMatch(/audience|signature|key/)
  })
})

test('a fellow member is seen only with member:read in the token, though the roles permit it (TOK-7, MEM-12)', async () => {
  const fellow = await w.acme.member()
  const id = await fellow.id()
  const query = 'query($id: ID!) { node(id: $id) { id ... on User { email memberships { totalCount } } } }'
  const with_ = await bound(w, w.owner, w.acme, ['member:read'])
  const without = await bound(w, w.owner, w.acme, ['member:add'])
  expect((await with_.query(query, { id })).node).toMatchObject({ email: fellow.email, memberships: { totalCount: 1 } })
  expect((await without.query(query, { id })).node).toBeNull()
})

test('a member who is stronger than the token is not touched with it (MEM-7, TOK-7)', async () => {
  const admin = await w.acme.member({ roles: ['Admin'] })
  const client = await bound(w, w.owner, w.acme, ['member:read', 'member:remove'])
  expect(await client.refusal('removeMember', { membershipId: admin.membershipId })).toBe('FORBIDDEN')
  expect((await w.owner.mutate('removeMember', { membershipId: admin.membershipId })).__typename).toBe(
    'RemoveMemberPayload',
  )
})
