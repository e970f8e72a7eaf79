import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trusting, vouchedFor } from '../kit/foreign.ts'
import { startIssuer, type TestIssuer } from '../kit/issuer.ts'
import { type World, world } from '../kit/world.ts'
import { joinBy, link } from './links.ts'

let issuer: TestIssuer
let w: World
beforeAll(async () => {
  issuer = await startIssuer()
  w = await world({ env: trusting(issuer) })
})
afterAll(() => issuer.close())

const local = () => `p${randomUUID().slice(0, 12)}`

describe('a verified address is needed, whatever the link allows (LNK-5)', () => {
  test.each<[string, Record<string, unknown>]>([
    ['one that nobody vouches for', { email: 'ada@people.test', email_verified: false }],
    ['one of which it is not said', { email: 'ada@people.test' }],
    ['none', {}],
  ])('%s does not do', async (_, claims) => {
    const made = await link(w.owner, w.acme, { maxUses: 1 })
    const joiner = await vouchedFor(w, issuer, claims)
    expect((await joinBy(joiner, made)).__typename).toBe('EmailNotVerifiedError')
    const { __typename } = await joinBy(
      await vouchedFor(w, issuer, { email: `${local()}@people.test`, email_verified: true }),
      made,
    )
    expect(__typename).toBe('JoinByInviteLinkPayload')
  })
})

describe('of a link for certain domains (LNK-5)', () => {
  test.each<[string, string[], string]>([
    ['the domain itself', ['acme.test'], 'acme.test'],
    ['it in other letters', ['acme.test'], 'ACME.Test'],
    ['one of several', ['other.test', 'acme.test'], 'acme.test'],
    ['a domain below a wildcard', ['*.acme.test'], 'eu.acme.test'],
    ['one further below', ['*.acme.test'], 'a.b.acme.test'],
    ['a domain of letters beyond ASCII', ['bücher.example'], 'xn--bcher-kva.example'],
    ['the same in its other form', ['xn--bcher-kva.example'], 'Bücher.example'],
    ['a public mail domain that was named', ['gmail.com'], 'gmail.com'],
  ])('%s lets in', async (_, allowedEmailDomains, domain) => {
    const made = await link(w.owner, w.acme, { allowedEmailDomains })
    const joiner = await vouchedFor(w, issuer, { email: `${local()}@${domain}`, email_verified: true })
    expect((await joinBy(joiner, made)).__typename).toBe('JoinByInviteLinkPayload')
  })

  test.each<[string, string[], string]>([
    ['another domain', ['acme.test'], 'other.test'],
    ['a domain below one that is exact', ['acme.test'], 'eu.acme.test'],
    ['the domain of a wildcard itself', ['*.acme.test'], 'acme.test'],
    ['one that ends alike', ['acme.test', '*.acme.test'], 'evilacme.test'],
    ['one that begins alike', ['acme.test'], 'acme.test.evil.example'],
    ['one above', ['*.eu.acme.test'], 'acme.test'],
    ['a look-alike', ['acme.test'], 'аcme.test'],
    ['a character in the place of the dot', ['*.acme.test'], 'euxacme.test'],
  ])('%s does not, and it is not said which would', async (_, allowedEmailDomains, domain) => {
    const made = await link(w.owner, w.acme, { allowedEmailDomains, maxUses: 1 })
    const joiner = await vouchedFor(w, issuer, { email: `${local()}@${domain}`, email_verified: true })
    expect(await joinBy(joiner, made)).toEqual({
      __typename: 'EmailDomainNotAllowedError',
      message: 'This link is not for your email address. Sign in with another, or ask whoever shared it.',
    })
  })

  test('an unverified address of the domain does not either', async () => {
    const made = await link(w.owner, w.acme, { allowedEmailDomains: ['acme.test'] })
    const joiner = await vouchedFor(w, issuer, { email: `${local()}@acme.test`, email_verified: false })
    expect((await joinBy(joiner, made)).__typename).toBe('EmailNotVerifiedError')
  })
})
