import { expect, test } from 'vitest'
import { memberWith, missingId, operatorWith } from '../kit/holders.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { named, refusalOf } from '../kit/people.ts'
import { actionsOf, nothing, refusedOnly } from '../kit/rows.ts'
import { world } from '../kit/world.ts'

const payload =
  '... on CreateOrganizationPayload { organization { name slug viewerIsOwner } membership { isOwner origin roles { name } } }'
const issues = '... on InvalidInputError { issues { path } }'

test('whoever creates an organization becomes its owner in the same transaction (ORG-3)', async () => {
  const { person } = await world()
  const founder = await person()
  const result = await founder.mutate(
    'createOrganization',
    { name: '  Initech GmbH  ', slug: `initech-${Date.now()}` },
    payload,
  )
  expect(result.organization).toMatchObject({ name: 'Initech GmbH', viewerIsOwner: true })
  expect(result.membership).toEqual({ isOwner: true, origin: 'CREATION', roles: [{ name: 'Owner' }] })
})

test('a new organization is what the input says, and nothing more (ORG-1, ORG-2)', async () => {
  const { person } = await world()
  const founder = await person()
  const input = {
    name: 'Whole',
    slug: `whole-${Date.now()}`,
    description: '  What we do.  ',
    logoUrl: 'https://cdn.test/logo.svg',
    primaryColor: '#A1B2C3',
    customData: { plan: 'gold', nested: { list: [1, 'two', null, false] } },
  }
  const selection =
    '... on CreateOrganizationPayload { organization { name slug description version seatLimit deletedAt purgesAt customData branding { logoUrl primaryColor } } }'
  const { organization } = await founder.mutate('createOrganization', input, selection)
  expect(organization).toEqual({
    name: 'Whole',
    slug: input.slug,
    description: 'What we do.',
    version: 1,
    seatLimit: null,
    deletedAt: null,
    purgesAt: null,
    customData: input.customData,
    branding: { logoUrl: input.logoUrl, primaryColor: '#a1b2c3' },
  })
})

test('creating writes the owner and the organization to the audit log and the outbox, each once (MGT-3)', async () => {
  const w = await world()
  const founder = await named(w, 'fay.founder')
  const principalId = uuidOf(await founder.id())
  const slug = `audited-${Date.now()}`
  const selection = '... on CreateOrganizationPayload { organization { id } membership { id } }'
  const input = { name: 'Audited', slug, description: 'By the book' }
  const { result, audit, outbox } = await written(w, () => founder.mutate('createOrganization', input, selection))
  const organizationId = uuidOf(result.organization.id)
  const by = { where: organizationId, actor: 'Fay Founder' }
  expect(audit).toEqual([
    {
      ...by,
      action: 'MEMBER_ADDED',
      target: 'Membership Fay Founder',
      changes: [
        { field: 'origin', before: null, after: 'CREATION' },
        { field: 'roles', before: null, after: 'Owner' },
      ],
    },
    {
      ...by,
      action: 'ORGANIZATION_CREATED',
      target: 'Organization Audited',
      changes: [
        { field: 'name', before: null, after: 'Audited' },
        { field: 'slug', before: null, after: slug },
        { field: 'description', before: null, after: 'By the book' },
      ],
    },
  ])
  const joined = { organizationId, principalId, membershipId: uuidOf(result.membership.id), origin: 'CREATION' }
  expect(outbox).toMatchObject([
    { where: organizationId, type: 'MEMBER_ADDED', payload: joined },
    {
      where: organizationId,
      type: 'ORGANIZATION_CREATED',
      payload: { organizationId, slug, ownerId: principalId },
    },
  ])
})

test('an operator creates an organization for another user, who becomes its owner (ORG-3)', async () => {
  const w = await world()
  const customer = await w.person()
  const input = { name: 'For a customer', ownerId: await customer.id() }
  const selection =
    '... on CreateOrganizationPayload { organization { id } membership { origin isOwner principal { id } } }'
  const { organization, membership } = await w.operator.mutate('createOrganization', input, selection)
  expect(membership).toEqual({ origin: 'OPERATOR', isOwner: true, principal: { id: input.ownerId } })
  const query = 'query($id: ID!) { organization(by: { id: $id }) { viewerIsOwner viewerMembership { id } } }'
  expect((await customer.query(query, organization)).organization.viewerIsOwner).toBe(true)
  expect((await w.operator.query(query, organization)).organization).toEqual({
    viewerIsOwner: false,
    viewerMembership: null,
  })
})

test('an operator who may not read organizations creates one for another without seeing it (MGT-2)', async () => {
  const w = await world()
  const writer = await operatorWith(w, ['ORGANIZATIONS_WRITE'])
  const customer = await w.person()
  const slug = `unseen-${Date.now()}`
  const input = { name: 'Unseen', slug, ownerId: await customer.id() }
  const selection = '... on CreateOrganizationPayload { organization { id } membership { id } }'
  const result = await writer.mutate('createOrganization', input, selection)
  expect(result).toEqual({ __typename: 'CreateOrganizationPayload', organization: null, membership: null })
  const query = 'query($slug: String) { organization(by: { slug: $slug }) { name viewerIsOwner } }'
  expect((await customer.query(query, { slug })).organization).toEqual({ name: 'Unseen', viewerIsOwner: true })
})

test('naming an owner is for operators, even when it is oneself; the attempt is recorded (ORG-3, MGT-3)', async () => {
  const w = await world()
  const input = { name: 'Forged', ownerId: await w.owner.id() }
  const { result, ...journal } = await written(w, () => refusalOf(w.owner, 'createOrganization', input))
  expect(result.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'organizations:write' })
  expect(actionsOf(journal)).toEqual(refusedOnly)
  expect(journal.audit[0]).toMatchObject({ where: 'deployment', target: 'Mutation createOrganization' })
})

test('an owner who is no user makes nothing: unknown, or a machine dressed up as a user (ORG-3, MEM-10)', async () => {
  const w = await world()
  const machine = await w.machine()
  const machineId = Buffer.from(`User:${uuidOf(await machine.id())}`).toString('base64url')
  for (const ownerId of [missingId('User'), machineId]) {
    const slug = `nobody-${Date.now()}`
    const { result, ...journal } = await written(w, () =>
      w.operator.mutate('createOrganization', { name: 'Nobody', slug, ownerId }, issues),
    )
    expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', 'ownerId'] }] })
    expect(actionsOf(journal)).toEqual(nothing)
    const query = 'query($slug: String) { organization(by: { slug: $slug }) { id } }'
    expect(await w.operator.query(query, { slug })).toEqual({ organization: null })
  }
})

test('a machine operator creates organizations for users, not for itself (ORG-3, MEM-10)', async () => {
  const w = await world()
  const machine = await w.machine()
  const permissions = ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ']
  await w.operator.mutate('setManagementPermissions', { principalId: await machine.id(), permissions })
  const own = await machine.mutate('createOrganization', { name: 'Own' }, issues)
  expect(own).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', 'ownerId'] }] })
  const forUser = await machine.mutate('createOrganization', { name: 'Theirs', ownerId: await w.owner.id() })
  expect(forUser.__typename).toBe('CreateOrganizationPayload')
})

test('a machine without management permissions creates no organization (ORG-4)', async () => {
  const w = await world()
  const machine = await w.machine()
  expect(await machine.refusal('createOrganization', { name: 'Robots' })).toBe('FORBIDDEN')
  expect((await machine.query('{ viewer { viewerCanCreateOrganization } }')).viewer).toEqual({
    viewerCanCreateOrganization: false,
  })
})

test('a right inside one organization is no right to make others for somebody (ORG-3)', async () => {
  const { acme, person } = await world()
  const member = await memberWith(acme, ['organization:update', 'member:add', 'organization:delete'])
  const victim = await person()
  expect(await member.refusal('createOrganization', { name: 'X', ownerId: await victim.id() })).toBe('FORBIDDEN')
})

test('without a token nobody creates an organization', async () => {
  const { anonymous } = await world()
  expect(await anonymous().refusal('createOrganization', { name: 'Nobody' })).toBe('UNAUTHENTICATED')
})
