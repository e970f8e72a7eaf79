import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { accept, membershipsOf, provisioningOf, provisions, suggestionsOf } from '../jit-provisioning/provisioning.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { actionsOf, limitSeats } from '../kit/rows.ts'
import { signIn } from '../kit/sign-in.ts'
import { connect, connected, employee, provedDomain, ssoWorld } from './connectors.ts'
import { comes, taking } from './taking-in.ts'

test('whoever comes through a connector first is a member, with the roles, by SSO (JIT-6, JIT-9, MEM-3)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const reader = await w.acme.customRole(['member:read', 'domain:read'], { name: 'Reader' })
  await taking(w, there, { roleIds: [reader, await w.roleId('Member')] })
  const { result: ada, audit } = await written(w, () => comes(w, employee(`ada@${there.domain}`)))
  const [membership, ...more] = await membershipsOf(ada)
  expect(more).toEqual([])
  expect(membership).toMatchObject({ origin: 'SSO', addedBy: null, organization: { id: w.acme.id } })
  expect(membership?.roles.map((role: { name: string }) => role.name).toSorted()).toEqual(['Member', 'Reader'])
  expect(audit.filter(entry => entry.action === 'MEMBER_ADDED')).toMatchObject([
    { where: uuidOf(w.acme.id), actor: null, changes: [{ after: 'SSO' }, {}] },
  ])
})

test('a connector that is not named, or is off with the rest, takes nobody in (JIT-6)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  expect(await membershipsOf(await comes(w, employee(`a@${there.domain}`)))).toEqual([])
  await taking(w, there, { isEnabled: false })
  expect(await membershipsOf(await comes(w, employee(`b@${there.domain}`)))).toEqual([])
  await taking(w, there, { ssoConnectorIds: [] })
  expect(await membershipsOf(await comes(w, employee(`c@${there.domain}`)))).toEqual([])
})

test('a connector and a domain that both take somebody in make one membership (JIT-5, JIT-6)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there, { emailDomainIds: [there.emailDomainId] })
  const { result: ada, ...journal } = await written(w, () => comes(w, employee(`ada@${there.domain}`)))
  expect(await membershipsOf(ada)).toMatchObject([{ origin: 'SSO' }])
  expect(actionsOf(journal).audit.filter(one => one === 'MEMBER_ADDED')).toHaveLength(1)
  // The domain does by itself, too, for who is new.
  await taking(w, there, { ssoConnectorIds: [] })
  expect(await membershipsOf(await comes(w, employee(`bob@${there.domain}`)))).toMatchObject([
    { origin: 'EMAIL_DOMAIN' },
  ])
})

test('who was a user before is taken in at the first sign-in through a connector, and at no later one (JIT-6)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const [grace, alan] = [`grace@${there.domain}`, `alan@${there.domain}`]
  await w.owner.mutate('updateSsoConnector', { ssoConnectorId: there.connector.id, isEnabled: false })
  await signIn(w, { email: grace })
  await w.owner.mutate('updateSsoConnector', { ssoConnectorId: there.connector.id, isEnabled: true })
  const known = employee(alan)
  await comes(w, known)
  await taking(w, there)
  expect(await membershipsOf(await comes(w, employee(grace)))).toMatchObject([{ origin: 'SSO' }])
  // Linked before: a suggestion, which they accept.
  const again = await comes(w, known)
  expect(await membershipsOf(again)).toEqual([])
  expect(await suggestionsOf(again)).toMatchObject([{ slug: w.acme.slug, joining: 'JOIN' }])
  expect((await accept(again, w.acme)).membership).toMatchObject({ origin: 'SSO', roles: [{ name: 'Member' }] })
})

test('whom an admin removed stays removed, also as another subject with the same address (JIT-6)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there)
  const ada = employee(`ada@${there.domain}`)
  const [membership] = await membershipsOf(await comes(w, ada))
  await w.owner.mutate('removeMember', { membershipId: membership?.id })
  for (const person of [ada, employee(ada.email)]) {
    const back = await comes(w, person)
    expect(await membershipsOf(back)).toEqual([])
    expect(await suggestionsOf(back)).toEqual([])
    expect(await outcomeOf(back, 'joinSuggestedOrganization', { slug: w.acme.slug })).toBe('NOT_FOUND')
  }
})

test('who is a member already keeps what they have, and gets nothing new (JIT-7)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const reader = await w.acme.customRole(['member:read'], { name: 'Reader' })
  const member = employee(`ada@${there.domain}`)
  const ada = await comes(w, member)
  const userId = (await ada.query('{ viewer { principal { id } } }')).viewer.principal.id
  await w.operator.mutate('addMember', { organizationId: w.acme.id, userId, roleIds: [reader] })
  await taking(w, there, { roleIds: [await w.roleId('Member')] })
  const again = await comes(w, { ...member, sub: randomUUID() })
  expect(await membershipsOf(again)).toMatchObject([{ origin: 'OPERATOR', roles: [{ name: 'Reader' }] }])
})

test('where no seat is free they sign in all the same, and the organization is told (JIT-8)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there)
  await limitSeats(w, w.acme, 1)
  const { result: ada, ...journal } = await written(w, () => comes(w, employee(`ada@${there.domain}`)))
  expect(await membershipsOf(ada)).toEqual([])
  expect(actionsOf(journal).audit).toContain('JIT_PROVISIONING_SKIPPED')
  expect(await provisioningOf(w.owner, w.acme)).toMatchObject({ skippedForSeatsCount: 1 })
})

test('to be asked, they are suggested the organization, and ask (JIT-6)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  await taking(w, there, { connectorJoining: 'REQUEST' })
  const ada = await comes(w, employee(`ada@${there.domain}`))
  expect(await membershipsOf(ada)).toEqual([])
  expect(await suggestionsOf(ada)).toMatchObject([{ slug: w.acme.slug, joining: 'REQUEST' }])
  expect(await outcomeOf(ada, 'requestToJoin', { slug: w.acme.slug })).toBe('RequestToJoinPayload')
  expect(await suggestionsOf(ada)).toEqual([])
})

test('roles beyond the ceiling are not given through a connector, either (JIT-7)', async () => {
  const w = await ssoWorld()
  const there = await connected(w)
  const inviter = await w.acme.customRole(['invitation:create'], { name: 'Inviter' })
  const input = { isEnabled: true, ssoConnectorIds: [there.connector.id], roleIds: [inviter] }
  expect(await provisions(w.owner, w.acme, input)).toMatchObject({ beyond: [{ key: 'invitation:create' }] })
  await w.operator.mutate('setJitCeiling', {
    organizationId: w.acme.id,
    permissionIds: [await w.permissionId('invitation:create')],
  })
  await taking(w, there, { roleIds: [inviter] })
  await w.operator.mutate('setJitCeiling', { organizationId: w.acme.id })
  expect(await membershipsOf(await comes(w, employee(`ada@${there.domain}`)))).toMatchObject([
    { origin: 'SSO', roles: [] },
  ])
})

test('only a connector that the organization uses can be named, by whoever may see connectors (JIT-6)', async () => {
  const w = await ssoWorld()
  const rival = await w.person()
  const elsewhere = await w.organization(rival)
  const made = await connect(rival, elsewhere, w.idp, {
    emailDomainIds: [(await provedDomain(w, rival, elsewhere)).id],
  })
  const input = { organizationId: w.acme.id, isEnabled: true, ssoConnectorIds: [made.ssoConnector.id] }
  expect(await outcomeOf(w.owner, 'updateJitProvisioning', input)).toBe('NOT_FOUND')
})
