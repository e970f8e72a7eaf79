import { expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { testClock } from '../kit/clock.ts'
import { claim, newDomain, proved, remove, verify, withDns } from './domains.ts'

/** The error of one more look-up; null where there is none. */
async function refusalOf(by: Client, { id }: Loose) {
  const mutation = 'mutation($input: VerifyEmailDomainInput!) { verifyEmailDomain(input: $input) { __typename } }'
  const { errors } = await by.send(mutation, { input: { emailDomainId: id } })
  return errors[0]?.extensions ?? null
}

test('a domain is looked up so often and no more, also when it is claimed anew; then one learns when again', async () => {
  const clock = testClock()
  const w = await withDns({ clock })
  const domain = newDomain()
  const first = await claim(w.owner, w.acme, domain)
  for (let times = 0; times < 19; times++) await verify(w.owner, first)
  await remove(w.owner, first)
  const again = await claim(w.owner, w.acme, domain)
  expect((await verify(w.owner, again)).__typename).toBe('DomainNotVerifiedError')
  const asked = w.dns.asked.length
  expect(await refusalOf(w.owner, again)).toMatchObject({
    ...{ code: 'RATE_LIMITED', retryAfter: 600 },
    retryAt: new Date(clock().getTime() + 600_000).toISOString(),
  })
  expect(w.dns.asked).toHaveLength(asked)
  // Neither another domain nor another organization is kept from anything by it.
  await proved(w, w.owner, w.acme)
  const place = await w.organization(w.owner)
  expect((await verify(w.owner, await claim(w.owner, place, domain))).__typename).toBe('DomainNotVerifiedError')
  clock.advance({ minutes: 11 })
  expect((await verify(w.owner, again)).__typename).toBe('DomainNotVerifiedError')
})

test('of those that come at once, no more are looked up than the limit lets through', async () => {
  const w = await withDns()
  const made = await claim(w.owner, w.acme)
  for (let times = 0; times < 18; times++) await verify(w.owner, made)
  const asked = w.dns.asked.length
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => refusalOf(w.owner, made)))
  expect(outcomes.map(one => one?.code ?? 'LOOKED').toSorted()).toEqual([
    ...['LOOKED', 'LOOKED', 'RATE_LIMITED', 'RATE_LIMITED'],
  ])
  expect(w.dns.asked).toHaveLength(asked + 2)
})
