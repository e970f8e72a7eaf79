import { expect, test } from 'vitest'
import { remove, withDns } from '../email-domains/domains.ts'
import { uuidOf, written } from '../kit/journal.ts'
import { outcomeOf } from '../kit/outcome.ts'
import { rounds } from '../kit/rounds.ts'
import { actionsOf, limitSeats, sql } from '../kit/rows.ts'
import { accept, colleague, membershipsOf, opened, provisions } from './provisioning.ts'

test('two first sign-ins of one user at once make one user and one membership (JIT-9, MEM-1)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  for (const _ of rounds) {
    const ada = await colleague(w, domain)
    const { result, ...journal } = await written(w, () => Promise.all([1, 2, 3].map(() => membershipsOf(ada))))
    expect(result.map(found => found.length)).toEqual([1, 1, 1])
    expect(actionsOf(journal)).toEqual({ audit: ['MEMBER_ADDED'], outbox: ['MEMBER_ADDED'] })
    expect(await sql(w, 'select from principal where email = $1', [ada.email])).toHaveLength(1)
  }
})

test('the last seat goes to one of those who sign in, and all of them are in (JIT-8)', async () => {
  const w = await withDns()
  for (const _ of rounds) {
    const place = await w.organization(w.owner)
    const domain = await opened(w, {}, place)
    await limitSeats(w, place, 2)
    const people = await Promise.all([1, 2, 3].map(() => colleague(w, domain)))
    const { result, ...journal } = await written(w, () => Promise.all(people.map(membershipsOf)))
    expect(result.map(found => found.length).toSorted()).toEqual([0, 0, 1])
    expect(actionsOf(journal).audit.toSorted()).toEqual([
      ...['JIT_PROVISIONING_SKIPPED', 'JIT_PROVISIONING_SKIPPED', 'MEMBER_ADDED'],
    ])
  }
})

test('a sign-in beside a change of the settings, the loss of the domain, or the end of the organization knows of it or comes before it (JIT-3)', async () => {
  const w = await withDns()
  const ending = [
    {
      action: 'JIT_PROVISIONING_UPDATED',
      end: (place: { id: string }) => provisions(w.owner, place, { isEnabled: false }),
    },
    { action: 'DOMAIN_REMOVED', end: (_place: { id: string }, domain: { id: string }) => remove(w.owner, domain) },
    {
      action: 'ORGANIZATION_DELETED',
      end: ({ id }: { id: string }) => w.owner.mutate('deleteOrganization', { organizationId: id }),
    },
  ]
  for (const round of rounds) {
    const place = await w.organization(w.owner)
    const domain = await opened(w, {}, place)
    const ada = await colleague(w, domain)
    const { action, end } = ending[round % 3] ?? {
      action: '',
      end: () => Promise.reject(new Error('there is no such ending')),
    }
    const { audit } = await written(w, () => Promise.all([membershipsOf(ada), end(place, { id: domain.id })]))
    const actions = audit.map(entry => entry.action).filter(one => ['MEMBER_ADDED', action].includes(one))
    const rows = await sql(w, "select from membership where organization_id = $1 and origin = 'EMAIL_DOMAIN'", [
      uuidOf(place.id),
    ])
    expect(actions.filter(one => one === 'MEMBER_ADDED')).toHaveLength(rows.length)
    expect(actions).toContain(action)
  }
})

test('a suggestion that is accepted several times at once makes one member, who is never back after a removal (MEM-1, JIT-6)', async () => {
  const w = await withDns()
  const domain = await opened(w)
  for (const _ of rounds) {
    const ada = await colleague(w, domain)
    const [membership] = await membershipsOf(ada)
    await ada.mutate('removeMember', { membershipId: membership?.id })
    const outcomes = await Promise.all([1, 2, 3].map(() => accept(ada, w.acme)))
    expect(outcomes.map(one => one.__typename).toSorted()).toEqual([
      ...['AlreadyMemberError', 'AlreadyMemberError', 'JoinSuggestedOrganizationPayload'],
    ])
    const [back] = await membershipsOf(ada)
    const [removed, again] = await Promise.all([
      outcomeOf(w.owner, 'removeMember', { membershipId: back?.id }),
      outcomeOf(ada, 'joinSuggestedOrganization', { slug: w.acme.slug }),
    ])
    expect(removed).toBe('RemoveMemberPayload')
    expect(['AlreadyMemberError', 'NOT_FOUND']).toContain(again)
    expect(await membershipsOf(ada)).toEqual([])
  }
})
