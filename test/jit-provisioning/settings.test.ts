import { expect, test } from 'vitest'
import { claim, proved, withDns } from '../email-domains/domains.ts'
import { memberWith } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { world } from '../kit/world.ts'
import { colleague, membershipsOf, opened, provisioningOf, provisions } from './provisioning.ts'

const reader = ['member:read']

test('an organization takes nobody in until somebody says so; what is absent stays', async () => {
  const w = await withDns()
  expect(await provisioningOf(w.owner, w.acme)).toMatchObject({
    ...{ isEnabled: false, domainJoining: 'JOIN', emailDomains: [], roles: [], isCeilingDefault: true },
    ...{ skippedForSeatsCount: 0, lastSkippedAt: null, viewerCanUpdate: true, viewerCanSetCeiling: false },
  })
  const domain = await proved(w, w.owner, w.acme)
  const { result, audit, outbox } = await written(w, () =>
    provisions(w.owner, w.acme, { isEnabled: true, emailDomainIds: [domain.id, domain.id] }),
  )
  expect(result.organization.jitProvisioning).toMatchObject({ isEnabled: true, emailDomains: [{ id: domain.id }] })
  expect(audit).toMatchObject([
    {
      action: 'JIT_PROVISIONING_UPDATED',
      changes: [
        { field: 'isEnabled', before: 'false', after: 'true' },
        { field: 'emailDomains', before: '[]', after: `["${domain.domain}"]` },
      ],
    },
  ])
  expect(outbox.map(event => event.type)).toEqual(['JIT_PROVISIONING_UPDATED'])
  const again = await written(w, () => provisions(w.owner, w.acme, { isEnabled: true, domainJoining: null }))
  expect(again.result.organization.jitProvisioning).toMatchObject({
    isEnabled: true,
    emailDomains: [{ id: domain.id }],
  })
  expect(actionsOf(again)).toEqual(nothing)
})

test('a domain that is not proved is refused with the record that proves it, and one of others is like none (JIT-3)', async () => {
  const w = await withDns()
  const [good, bad] = [await proved(w, w.owner, w.acme), await claim(w.owner, w.acme)]
  const { result, ...journal } = await written(w, () =>
    provisions(w.owner, w.acme, { isEnabled: true, emailDomainIds: [good.id, bad.id] }),
  )
  expect(result).toMatchObject({ __typename: 'DomainNotVerifiedError', expected: bad.dnsRecord, found: [] })
  expect(actionsOf(journal)).toEqual(nothing)
  const other = await w.organization(w.owner)
  const theirs = await proved(w, w.owner, other)
  const input = { organizationId: w.acme.id, emailDomainIds: [theirs.id] }
  expect(await outcomeOf(w.owner, 'updateJitProvisioning', input)).toBe('NOT_FOUND')
  expect((await provisioningOf(w.owner, w.acme))?.emailDomains).toEqual([])
})

test('roles of machines and of other organizations are refused, all or nothing (ROL-2, JIT-7)', async () => {
  const w = await world()
  const other = await w.organization(w.owner)
  const [own, theirs] = [await w.acme.customRole(reader), await other.customRole(reader)]
  const machine = await w.acme.customRole(reader, { kind: 'MACHINE' })
  const result = await provisions(w.owner, w.acme, { roleIds: [own, theirs, machine] })
  expect(result.__typename).toBe('RoleNotAssignableError')
  expect(result.roleIds.toSorted()).toEqual([theirs, machine].toSorted())
  expect((await provisioningOf(w.owner, w.acme))?.roles).toEqual([])
})

test('nobody opens the door with more than they hold, by roles, or by a domain more for the roles that are there (ROL-3)', async () => {
  const w = await withDns()
  const auditor = await w.acme.customRole(['audit:read'], { name: 'Auditor' })
  const admin = await memberWith(w.acme, ['member:read', 'domain:read', 'jit-provisioning:update'])
  expect(await provisions(admin, w.acme, { roleIds: [auditor] })).toMatchObject({
    ...{ __typename: 'PermissionEscalationError', missing: [{ key: 'audit:read' }] },
  })
  const domain = await opened(w, { roleIds: [auditor] })
  const more = await proved(w, w.owner, w.acme)
  const widened = { emailDomainIds: [domain.id, more.id] }
  expect((await provisions(admin, w.acme, widened)).__typename).toBe('PermissionEscalationError')
  // To close the door takes nothing.
  expect((await provisions(admin, w.acme, { isEnabled: false })).__typename).toBe('UpdateJitProvisioningPayload')
  expect((await provisions(admin, w.acme, { isEnabled: true })).__typename).toBe('PermissionEscalationError')
})

test('by default, nothing is given that manages anything; an operator says otherwise, and the owner does not (JIT-7)', async () => {
  const w = await withDns()
  const inviter = await w.acme.customRole(['member:read', 'invitation:create'], { name: 'Inviter' })
  const exceeded = { __typename: 'JitCeilingExceededError', beyond: [{ key: 'invitation:create' }] }
  for (const by of [w.owner, w.operator])
    expect(await provisions(by, w.acme, { roleIds: [inviter] })).toMatchObject(exceeded)
  const keys = ['member:read', 'invitation:create']
  const permissionIds = await Promise.all(keys.map(w.permissionId))
  const ceiling = { organizationId: w.acme.id, permissionIds }
  expect(await outcomeOf(w.owner, 'setJitCeiling', ceiling)).toBe('FORBIDDEN')
  const { audit } = await written(w, () => w.operator.mutate('setJitCeiling', ceiling))
  expect(audit).toMatchObject([
    { action: 'JIT_CEILING_UPDATED', changes: [{ before: null, after: '["invitation:create","member:read"]' }] },
  ])
  const domain = await opened(w, { roleIds: [inviter] })
  const seen = await provisioningOf(w.owner, w.acme)
  expect(seen).toMatchObject({ isCeilingDefault: false, roles: [{ name: 'Inviter' }] })
  expect(seen?.permissionCeiling.map((one: { key: string }) => one.key).toSorted()).toEqual(keys.toSorted())
  expect(await membershipsOf(await colleague(w, domain))).toMatchObject([{ roles: [{ name: 'Inviter' }] }])
  await w.operator.mutate('setJitCeiling', { organizationId: w.acme.id })
  expect(await membershipsOf(await colleague(w, domain))).toMatchObject([{ roles: [] }])
})

test('a role that has grown beyond the ceiling since is left out at the join, and the others are given (JIT-7)', async () => {
  const w = await withDns()
  const growing = await w.acme.customRole(reader, { name: 'Growing' })
  const steady = await w.acme.customRole(reader, { name: 'Steady' })
  const domain = await opened(w, { roleIds: [growing, steady] })
  const permissionIds = [await w.permissionId('member:read'), await w.permissionId('member:remove')]
  await w.owner.mutate('updateRole', { roleId: growing, permissionIds })
  expect(await membershipsOf(await colleague(w, domain))).toMatchObject([{ roles: [{ name: 'Steady' }] }])
})

test('a role that is given so is not deleted without a replacement, which takes its place (TPL-6)', async () => {
  const w = await withDns()
  const [old, by] = [await w.acme.customRole(reader, { name: 'Old' }), await w.acme.customRole(reader, { name: 'New' })]
  const domain = await opened(w, { roleIds: [old] })
  const selection = '... on RoleInUseError { memberCount jitProvisioningCount }'
  expect(await w.owner.mutate('deleteRole', { roleId: old }, selection)).toMatchObject({
    ...{ __typename: 'RoleInUseError', memberCount: 0, jitProvisioningCount: 1 },
  })
  const { previewRoleDeletion: preview } = await w.owner.query(
    'query($id: ID!) { previewRoleDeletion(roleId: $id) { jitProvisioningCount refusal { resultType } } }',
    { id: old },
  )
  expect(preview).toEqual({ jitProvisioningCount: 1, refusal: { resultType: 'RoleInUseError' } })
  expect((await w.owner.mutate('deleteRole', { roleId: old, replacementRoleId: by })).__typename).toBe(
    'DeleteRolePayload',
  )
  expect(await membershipsOf(await colleague(w, domain))).toMatchObject([{ roles: [{ name: 'New' }] }])
})

test('a ceiling of permissions that are not there is refused', async () => {
  const w = await world()
  const input = {
    organizationId: w.acme.id,
    permissionIds: [
      await w.permissionId('member:read'),
      'UGVybWlzc2lvbjowMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA',
    ],
  }
  expect(await outcomeOf(w.operator, 'setJitCeiling', input)).toBe('InvalidInputError')
})
