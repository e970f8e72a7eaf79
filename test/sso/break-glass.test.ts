import { expect, test } from 'vitest'
import type { Browser } from '../kit/browser.ts'
import { written } from '../kit/journal.ts'
import { show } from '../kit/passkeys.ts'
import { answerIn, authorization, newestCode } from '../kit/sign-in.ts'
import { change, problemOn, type SsoWorld } from './connectors.ts'
import { byCode, enforced, passkeyOf } from './required.ts'

const allow = (by: { mutate: SsoWorld['owner']['mutate'] }, membershipId: string, isAllowed = true) =>
  by.mutate('setBreakGlass', { membershipId, isAllowed }, '... on SecondFactorMissingError { isViewer }')

/** Signs in by a code in place of the provider, as the page offers it where that fails. */
async function codeInstead(w: SsoWorld, browser: Browser, email: string) {
  const page = await browser.open((await authorization(await w.client())).url)
  const asked = await browser.submit(page, '/address', { email, by: 'code' })
  return browser.submit(asked, '/code', { code: await newestCode(w, email) })
}

/** An owner with a passkey, who signs in by a code, and nobody whom a connector is in the way of yet. */
async function ownerWithPasskey() {
  const made = await enforced({ hostname: 'localhost' })
  const { w, connector, domain } = made
  const email = `owner@${domain}`
  const owner = await byCode(w, connector, email, 'Owner')
  await change(w.owner, connector, { isEnabled: false })
  const authenticator = await passkeyOf(w, email)
  await change(w.owner, connector, { isEnabled: true })
  return { ...made, owner, email, authenticator }
}

test('an owner whom an owner let in so signs in by a passkey, and every time is told of (SSO-5)', async () => {
  const { w, owner, authenticator, enforce } = await ownerWithPasskey()
  const allowed = await written(w, () => allow(owner, owner.membershipId))
  expect(allowed.result.__typename).toBe('SetBreakGlassPayload')
  expect(allowed.audit).toMatchObject([{ action: 'BREAK_GLASS_ALLOWED' }])
  expect((await written(w, () => allow(owner, owner.membershipId))).audit).toEqual([])
  await enforce()
  const browser = w.browser()
  const page = await browser.open((await authorization(await w.client())).url)
  const { result, audit } = await written(w, () => show(browser, page, authenticator))
  expect(answerIn(result)).toMatchObject({ code: expect.any(String) })
  expect(audit).toMatchObject([{ action: 'SSO_BREAK_GLASS_USED' }])
  // The session is good for more; nobody else's is.
  const again = await browser.open((await authorization(await w.client(), { prompt: 'none' })).url)
  expect(answerIn(again)).toMatchObject({ code: expect.any(String) })
})

test('with a code alone there is no way around the provider: the second factor is asked for (SSO-5)', async () => {
  const { w, owner, email, authenticator, enforce } = await ownerWithPasskey()
  await allow(owner, owner.membershipId)
  await enforce()
  const browser = w.browser()
  const factorPage = await codeInstead(w, browser, email)
  expect([factorPage.url.searchParams.has('code'), factorPage.html]).toEqual([
    false,
    expect.stringContaining('/passkey'),
  ])
  const silent = await browser.open((await authorization(await w.client(), { prompt: 'none' })).url)
  expect(answerIn(silent).code).toBeUndefined()
  const page = await browser.open((await authorization(await w.client())).url)
  const { result, audit } = await written(w, () => show(browser, page, authenticator))
  expect(answerIn(result)).toMatchObject({ code: expect.any(String) })
  expect(audit).toMatchObject([{ action: 'SSO_BREAK_GLASS_USED' }])
})

test('who loses the factor, the role or the permission to do so is let in no more (SSO-5)', async () => {
  for (const take of [
    async ({ w, owner }: Made) => w.operator.mutate('removePasskeys', { userId: owner.userId }),
    async ({ w, owner }: Made) =>
      w.owner.mutate('changeMemberRoles', {
        membershipId: owner.membershipId,
        removeRoleIds: [await w.roleId('Owner')],
      }),
    async ({ owner }: Made) => allow(owner, owner.membershipId, false),
    async ({ w, owner }: Made) => w.owner.mutate('suspendMember', { membershipId: owner.membershipId }),
  ]) {
    const made = await ownerWithPasskey()
    const { w, owner, email, enforce } = made
    await allow(owner, owner.membershipId)
    await enforce()
    await take(made)
    const shown = await codeInstead(w, w.browser(), email)
    expect([shown.status, problemOn(shown)]).toEqual([403, expect.stringContaining('Your organization')])
  }
})
type Made = Awaited<ReturnType<typeof ownerWithPasskey>>

test('only an owner with a second factor lets in, and only an owner with one is let in (SSO-5)', async () => {
  const { w, owner, boss } = await ownerWithPasskey()
  expect(await allow(w.owner, owner.membershipId)).toMatchObject({
    __typename: 'SecondFactorMissingError',
    isViewer: true,
  })
  expect(await allow(owner, boss.membershipId)).toMatchObject({
    __typename: 'SecondFactorMissingError',
    isViewer: false,
  })
  const admin = await w.acme.member({ roles: ['Admin'] })
  expect(await admin.refusal('setBreakGlass', { membershipId: owner.membershipId, isAllowed: true })).toBe('FORBIDDEN')
  const rival = await w.person()
  await w.organization(rival)
  expect(await rival.refusal('setBreakGlass', { membershipId: owner.membershipId, isAllowed: true })).toBe('NOT_FOUND')
  const query = 'query($id: ID!) { node(id: $id) { ... on Membership { isBreakGlass viewerCanSetBreakGlass } } }'
  await allow(owner, owner.membershipId)
  expect((await owner.query(query, { id: owner.membershipId })).node).toEqual({
    ...{ isBreakGlass: true, viewerCanSetBreakGlass: true },
  })
})

test('an owner who may do without it is enough to require a connector (SSO-5)', async () => {
  const { w, connector, owner, boss, enforce } = await ownerWithPasskey()
  await w.owner.mutate('removeMember', { membershipId: boss.membershipId })
  expect(await enforce()).toMatchObject({ __typename: 'SsoLockoutError' })
  await allow(owner, owner.membershipId)
  expect((await change(w.owner, connector, { isRequired: true })).ssoConnector).toMatchObject({ isRequired: true })
})
