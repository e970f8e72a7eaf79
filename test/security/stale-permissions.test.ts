import { expect, test } from 'vitest'
import { world } from '../kit/world.ts'

// One request may hold several mutations. What an earlier one took away is gone for the later ones, and for what is read.

test('who leaves in the first mutation of a request cannot act there in the second', async () => {
  const { acme } = await world()
  const admin = await acme.member({ roles: ['Admin'] })
  const { data, errors } = await admin.send(
    `mutation($leave: RemoveMemberInput!, $invite: InviteMemberInput!, $role: CreateCustomRoleInput!) {
      left: removeMember(input: $leave) { ... on RemoveMemberPayload { organization { name } } }
      invited: inviteMember(input: $invite) { __typename }
      made: createCustomRole(input: $role) { __typename } }`,
    {
      leave: { membershipId: admin.membershipId },
      invite: { organizationId: acme.id, email: 'accomplice@people.test' },
      role: { organizationId: acme.id, name: 'Back door', permissionIds: [] },
    },
  )
  expect(data).toBeNull()
  expect(errors.map(error => error.extensions.code)).toEqual(['NOT_FOUND'])
  const after = await admin.query('query($id: ID!) { organization(by: { id: $id }) { name } }', { id: acme.id })
  expect(after.organization).toBeNull()
})

test('who gives their own role away in the first mutation cannot use it in the second', async () => {
  const { acme, owner, roleId } = await world()
  await acme.member({ roles: ['Owner'] })
  const { errors } = await owner.send(
    `mutation($roles: ReplaceMemberRolesInput!, $delete: DeleteOrganizationInput!) {
      replaceMemberRoles(input: $roles) { ... on ReplaceMemberRolesPayload { membership { viewerCanRemove organization {
        viewerCanDelete members { totalCount } invitations { totalCount } } } } }
      deleteOrganization(input: $delete) { __typename } }`,
    {
      roles: { membershipId: owner.membershipId, roleIds: [await roleId('Member')] },
      delete: { organizationId: acme.id },
    },
  )
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', permission: 'organization:delete' } }])
})

test('the payload of a mutation is read with the permissions that are left after it', async () => {
  const { acme, owner, roleId } = await world()
  await acme.member({ roles: ['Owner'] })
  const seen = `membership { isOwner organization { viewerIsOwner viewerCanDelete members { totalCount }
    invitations { totalCount } auditEvents { totalCount } } }`
  const input = { membershipId: owner.membershipId, roleIds: [await roleId('Member')] }
  const { membership } = await owner.mutate('replaceMemberRoles', input, `... on ReplaceMemberRolesPayload { ${seen} }`)
  expect(membership).toEqual({
    isOwner: false,
    organization: {
      viewerIsOwner: false,
      viewerCanDelete: false,
      members: { totalCount: 2 },
      invitations: null,
      auditEvents: null,
    },
  })
})

test('the same mutation under two names happens twice, the second time after the first', async () => {
  const { acme, owner } = await world()
  const member = await acme.member()
  const { data, errors } = await owner.send(
    `mutation($input: RemoveMemberInput!) { a: removeMember(input: $input) { __typename } b: removeMember(input: $input) { __typename } }`,
    { input: { membershipId: member.membershipId } },
  )
  expect(data).toBeNull()
  expect(errors).toMatchObject([{ path: ['b'], extensions: { code: 'NOT_FOUND' } }])
})
