import { describe, expect, test } from 'vitest'
import { hashToken } from '../../src/secret-token.ts'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { uuidOf, wholeJournal, written } from '../kit/journal.ts'
import { actionsOf, nothing, refusedOnly, sql } from '../kit/rows.ts'
import { type World, world } from '../kit/world.ts'
import { link, seenLink, tryToLink } from './links.ts'

const from = ({ clock }: World, days: number) => new Date(clock().getTime() + days * 86_400_000).toISOString()

test('whoever holds invite-link:create makes a link; without terms it offers the default role, for 7 days, without a limit (LNK-1)', async () => {
  const w = await world()
  const maker = await memberWith(w.acme, ['invite-link:create', 'invite-link:read', 'member:read'])
  const { __typename, inviteLink, token } = await tryToLink(maker, w.acme, { label: '  Everybody ' })
  expect({ __typename, ...inviteLink }).toMatchObject({
    ...{ __typename: 'CreateInviteLinkPayload', label: 'Everybody', status: 'ACTIVE', uses: 0, maxUses: null },
    ...{ expiresAt: from(w, 7), allowedEmailDomains: [], roles: [{ name: 'Member' }] },
  })
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
})

test('its terms are kept as they were given', async () => {
  const w = await world()
  const roleIds = [await w.roleId('Admin'), await w.acme.customRole(['member:read'], { name: 'Guest' })]
  const terms = { roleIds, maxUses: 3, expiresAt: from(w, 90), allowedEmailDomains: ['acme.test', '*.acme.test'] }
  const made = await link(w.owner, w.acme, terms)
  const { roles, ...seen } = (await seenLink(w.owner, made)) ?? {}
  const { roleIds: _, ...rest } = terms
  expect(seen).toMatchObject({ ...rest, label: 'Team', status: 'ACTIVE' })
  expect(roles.map((role: { name: string }) => role.name).sort()).toEqual(['Admin', 'Guest'])
})

test('the token is in the answer, and nowhere else: only its hash is kept (LNK-1)', async () => {
  const w = await world()
  const { id, token } = await link(w.owner, w.acme)
  const [row] = await sql<{ row: string; hash: string }>(
    w,
    'select l::text as row, token_hash as hash from invite_link l where id = $1',
    [uuidOf(id)],
  )
  expect(row?.hash).toBe(hashToken(token))
  expect(row?.row).not.toContain(token)
  const journal = await wholeJournal(w)
  for (const secret of [token, hashToken(token)]) {
    expect(journal).not.toContain(secret)
    expect(w.log.join('\n')).not.toContain(secret)
  }
})

test('it is recorded and emitted (MGT-3)', async () => {
  const w = await world()
  const terms = { roleIds: [await w.roleId('Member')], maxUses: 2, allowedEmailDomains: ['ACME.test'] }
  const { result, audit, outbox } = await written(w, () => link(w.owner, w.acme, terms))
  const where = uuidOf(w.acme.id)
  const [action, actor] = ['INVITE_LINK_CREATED', expect.any(String)]
  const changes = [
    { field: 'roles', before: null, after: 'Member' },
    { field: 'maxUses', before: null, after: '2' },
    { field: 'expiresAt', before: null, after: from(w, 7) },
    { field: 'allowedEmailDomains', before: null, after: 'acme.test' },
  ]
  expect(audit).toEqual([{ where, action, actor, target: 'InviteLink Team', changes }])
  const payload = { organizationId: where, inviteLinkId: uuidOf(result.id), roleIds: terms.roleIds.map(uuidOf) }
  expect(outbox).toEqual([{ where, type: action, payload }])
})

describe('roles of a link', () => {
  test('are within what its maker holds (ROL-3)', async () => {
    const w = await world()
    const maker = await memberWith(w.acme, ['invite-link:create', 'member:read'])
    const terms = { roleIds: [await w.acme.customRole(['audit:read'])] }
    const { result, ...journal } = await written(w, () => tryToLink(maker, w.acme, terms))
    expect(result).toMatchObject({ __typename: 'PermissionEscalationError', missing: [{ key: 'audit:read' }] })
    expect(actionsOf(journal)).toEqual(refusedOnly)
  })

  test('are never the owner role, not even of an owner (LNK-1)', async () => {
    const w = await world()
    const ownerRole = await w.roleId('Owner')
    const result = await tryToLink(w.owner, w.acme, { roleIds: [ownerRole, await w.roleId('Member')] })
    expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: [ownerRole] })
  })

  test('are USER roles of the template or of this organization (ROL-2)', async () => {
    const w = await world()
    const other = await w.organization(w.owner)
    const unfit = [await w.roleId('Service'), await other.customRole([])]
    const result = await tryToLink(w.owner, w.acme, { roleIds: [...unfit, await w.roleId('Member')] })
    expect(result).toMatchObject({ __typename: 'RoleNotAssignableError', roleIds: unfit })
  })

  test('may be none', async () => {
    const w = await world()
    expect((await tryToLink(w.owner, w.acme, { roleIds: [] })).inviteLink.roles).toEqual([])
  })
})

describe('what is wrong with the terms is said where it is', () => {
  test.each<[string, object, string[]]>([
    ['no label', { label: ' ' }, ['label']],
    ['a label too long', { label: 'x'.repeat(129) }, ['label']],
    ['a label on two lines', { label: 'a\nb' }, ['label']],
    ['no use at all', { maxUses: 0 }, ['maxUses']],
    ['a use less than none', { maxUses: -1 }, ['maxUses']],
    ['more uses than can be meant', { maxUses: 100_001 }, ['maxUses']],
    ['no domain', { allowedEmailDomains: ['acme.test', ''] }, ['allowedEmailDomains', '1']],
    ['an address in the place of a domain', { allowedEmailDomains: ['ada@acme.test'] }, ['allowedEmailDomains', '0']],
    ['a domain of one label', { allowedEmailDomains: ['*.test'] }, ['allowedEmailDomains', '0']],
    ['a wildcard within', { allowedEmailDomains: ['a.*.test'] }, ['allowedEmailDomains', '0']],
    ['a wildcard alone', { allowedEmailDomains: ['*'] }, ['allowedEmailDomains', '0']],
    ['a path', { allowedEmailDomains: ['acme.test/x'] }, ['allowedEmailDomains', '0']],
    ['an address of the internet', { allowedEmailDomains: ['127.0.0.1'] }, ['allowedEmailDomains', '0']],
  ])('%s', async (_, terms, path) => {
    const w = await world()
    const { result, ...journal } = await written(w, () => tryToLink(w.owner, w.acme, terms))
    expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', ...path] }] })
    expect(actionsOf(journal)).toEqual(nothing)
  })

  test.each([-1, 0, 91])('an expiry %i days ahead', async days => {
    const w = await world()
    const result = await tryToLink(w.owner, w.acme, { expiresAt: from(w, days) })
    expect(result).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['input', 'expiresAt'] }] })
  })

  test('more domains than a list can have', async () => {
    const w = await world()
    const allowedEmailDomains = Array.from({ length: 101 }, (_, index) => `d${index}.test`)
    const input = { organizationId: w.acme.id, label: 'Team', allowedEmailDomains }
    expect(await w.owner.refusal('createInviteLink', input)).toBe('BAD_USER_INPUT')
    allowedEmailDomains.pop()
    expect((await tryToLink(w.owner, w.acme, { allowedEmailDomains })).__typename).toBe('CreateInviteLinkPayload')
  })

  test('domains are kept in lower case and ASCII, each once', async () => {
    const w = await world()
    const allowedEmailDomains = ['Bücher.Example', 'xn--bcher-kva.example', '*.ACME.test', ' acme.test ']
    const { inviteLink } = await tryToLink(w.owner, w.acme, { allowedEmailDomains })
    expect(inviteLink.allowedEmailDomains).toEqual(['xn--bcher-kva.example', '*.acme.test', 'acme.test'])
  })
})

describe('who may not', () => {
  test('a member without invite-link:create is refused, and told what is missing', async () => {
    const w = await world()
    const member = await memberWith(w.acme, ['invite-link:read', 'invitation:create'])
    const { result, ...journal } = await written(w, () =>
      member.refusal('createInviteLink', { organizationId: w.acme.id, label: 'Team' }),
    )
    expect(result).toBe('FORBIDDEN')
    expect(actionsOf(journal)).toEqual(refusedOnly)
  })

  test('a stranger finds no organization; nor does anybody once it is deleted (ORG-6)', async () => {
    const w = await world()
    const input = { organizationId: w.acme.id, label: 'Team' }
    expect(await (await w.person()).refusal('createInviteLink', input)).toBe('NOT_FOUND')
    expect(await w.anonymous().refusal('createInviteLink', input)).toBe('UNAUTHENTICATED')
    await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    expect(await w.owner.refusal('createInviteLink', input)).toBe('NOT_FOUND')
    expect(await w.operator.refusal('createInviteLink', input)).toBe('NOT_FOUND')
  })

  test('an operator with organizations:write makes links anywhere, one who only reads does not', async () => {
    const w = await world()
    const input = { organizationId: w.acme.id, label: 'Team' }
    expect(await (await operatorWith(w, ['ORGANIZATIONS_READ'])).refusal('createInviteLink', input)).toBe('FORBIDDEN')
    const writer = await operatorWith(w, ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'])
    expect((await tryToLink(writer, w.acme)).__typename).toBe('CreateInviteLinkPayload')
  })
})
