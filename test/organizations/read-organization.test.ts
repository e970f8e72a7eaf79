import { expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'

const bySlug = 'query($slug: String) { organization(by: { slug: $slug }) { id slug } }'
const byId = 'query($id: ID) { organization(by: { id: $id }) { id slug } }'
const byRef = 'query($by: OrganizationRef!) { organization(by: $by) { id } }'

test('a member reads an organization by its id, and by its slug without regard to case', async () => {
  const { acme } = await world()
  const member = await acme.member()
  const expected = { organization: { id: acme.id, slug: acme.slug } }
  expect(await member.query(byId, { id: acme.id })).toEqual(expected)
  for (const slug of [acme.slug, acme.slug.toUpperCase(), `  ${acme.slug} `])
    expect(await member.query(bySlug, { slug })).toEqual(expected)
})

test('to everybody else it looks like one that does not exist: null, without an error', async () => {
  const w = await world()
  const foreign = await w.organization(await w.person())
  for (const slug of [foreign.slug, 'there-is-no-such-slug', '', '%', `${w.acme.slug.slice(0, -1)}_`])
    expect(await w.owner.query(bySlug, { slug })).toEqual({ organization: null })
  for (const id of [foreign.id, missingId('Organization')])
    expect(await w.owner.query(byId, { id })).toEqual({ organization: null })
})

test('a removed member sees it no longer, on the very next request (ROL-4)', async () => {
  const { acme, owner } = await world()
  const member = await acme.member()
  expect((await member.query(byId, { id: acme.id })).organization).not.toBeNull()
  await owner.mutate('removeMember', { membershipId: member.membershipId })
  expect(await member.query(byId, { id: acme.id })).toEqual({ organization: null })
})

test('one who is invited sees the invitation, not the organization (INV-13)', async () => {
  const w = await world()
  const invited = await w.person()
  await invited.id()
  await w.owner.mutate('inviteMember', { organizationId: w.acme.id, email: invited.email })
  expect(await invited.query(byId, { id: w.acme.id })).toEqual({ organization: null })
  expect(await invited.query(bySlug, { slug: w.acme.slug })).toEqual({ organization: null })
})

test('an operator reads every organization with organizations:read, and none with anything else (MGT-2)', async () => {
  const w = await world()
  const reader = await operatorWith(w, ['ORGANIZATIONS_READ'])
  expect((await reader.query(byId, { id: w.acme.id })).organization).toEqual({ id: w.acme.id, slug: w.acme.slug })
  const others = ['TEMPLATE_WRITE', 'USERS_READ', 'APPLICATIONS_WRITE', 'AUDIT_READ', 'MANAGEMENT_WRITE']
  const other = await operatorWith(w, [...others, 'ORGANIZATIONS_WRITE'])
  expect(await other.query(byId, { id: w.acme.id })).toEqual({ organization: null })
})

test('an operator who only reads sees members and invitations, and changes nothing (MGT-1)', async () => {
  const w = await world()
  const reader = await operatorWith(w, ['ORGANIZATIONS_READ'])
  const query = `query($id: ID) { organization(by: { id: $id }) {
    viewerPermissions { key } viewerCanUpdate viewerCanDelete viewerCanInvite viewerCanAddMembers viewerCanManageRoles
    viewerCanLeave viewerIsOwner viewerMembership { id } members { totalCount } invitations { totalCount } auditEvents { totalCount } } }`
  expect((await reader.query(query, { id: w.acme.id })).organization).toEqual({
    viewerPermissions: [
      ...['application:read', 'domain:read', 'invitation:read', 'invite-link:read', 'join-request:read', 'member:read'],
      ...['sign-in-policy:read', 'sso:read'],
    ].map(key => ({ key })),
    viewerCanUpdate: false,
    viewerCanDelete: false,
    viewerCanInvite: false,
    viewerCanAddMembers: false,
    viewerCanManageRoles: false,
    viewerCanLeave: false,
    viewerIsOwner: false,
    viewerMembership: null,
    members: { totalCount: 1 },
    invitations: { totalCount: 0 },
    auditEvents: null,
  })
  expect(await reader.refusal('updateOrganization', { organizationId: w.acme.id, name: 'X' })).toBe('FORBIDDEN')
})

test('what needs a permission is null without it, and takes nothing else of the organization along', async () => {
  const { acme } = await world()
  const nobody = await memberWith(acme, [])
  const query = `query($id: ID) { organization(by: { id: $id }) { name viewerPermissions { key } viewerMembership { id }
    members { totalCount } invitations { totalCount } auditEvents { totalCount } } }`
  const { organization } = await nobody.query(query, { id: acme.id })
  expect(organization).toMatchObject({
    viewerPermissions: [],
    viewerMembership: { id: nobody.membershipId },
    members: null,
    invitations: null,
    auditEvents: null,
  })
})

test('viewerPermissions is the union of the roles, each once, gateway and product alike (ROL-1)', async () => {
  const w = await world({ isolated: true })
  const key = 'invoice:read'
  const made = await w.operator.mutate(
    'createPermission',
    { key, description: 'Read invoices.' },
    '... on CreatePermissionPayload { permission { id } }',
  )
  const permissionIds = [made.permission.id, await w.permissionId('member:read')]
  await w.operator.mutate('createTemplateRole', { name: 'Books', permissionIds })
  await w.acme.customRole(['member:read', 'invitation:create'], { name: 'Host' })
  const member = await w.acme.member({ roles: ['Member', 'Books', 'Host'] })
  const query = 'query($id: ID) { organization(by: { id: $id }) { viewerPermissions { key } } }'
  expect((await member.query(query, { id: w.acme.id })).organization.viewerPermissions).toEqual([
    { key: 'invitation:create' },
    { key },
    { key: 'member:read' },
  ])
})

test.each([
  ['neither id nor slug', byRef, { by: {} }],
  ['both id and slug', byRef, { by: { id: missingId('Organization'), slug: 'acme' } }],
  ['nothing', byRef, {}],
  ['null for a slug', bySlug, { slug: null }],
  ['an id that is none', byId, { id: 'nonsense' }],
  ['the id of something else', byId, { id: missingId('User') }],
  ['a raw UUID', byId, { id: crypto.randomUUID() }],
])('%s is BAD_USER_INPUT', async (_what, query, variables) => {
  const { owner } = await world()
  const answer = await owner.send(query, variables)
  expect(answer.errors.map(error => error.extensions.code)).toEqual(['BAD_USER_INPUT'])
})

test('a slug with characters that no slug has is no slug of anything: null, never INTERNAL', async () => {
  const { owner } = await world()
  for (const slug of ['a\u0000b', '\ud800', "' or 1=1 --", 'x'.repeat(100_000)])
    expect(await owner.query(bySlug, { slug })).toEqual({ organization: null })
})

test('without a token it is UNAUTHENTICATED, whether it exists or not', async () => {
  const { acme, anonymous } = await world()
  for (const slug of [acme.slug, 'there-is-no-such-slug']) {
    const answer = await anonymous().send(bySlug, { slug })
    expect(answer.errors.map(error => error.extensions.code)).toEqual(['UNAUTHENTICATED'])
    expect(answer.data).toEqual({ organization: null })
  }
})
