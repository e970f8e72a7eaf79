import { expect, test } from 'vitest'
import { OutsideRequestError } from '../../src/sso/fetch/outside-request-error.ts'
import { connected, employee, problemOn, ssoWorld, typeAddress } from './connectors.ts'

test('while a provider does not answer, the page in between is there already', async () => {
  const w = await ssoWorld()
  const { domain } = await connected(w)
  w.idp.person = employee(`ada@${domain}`)
  const asked: (() => void)[] = []
  w.idp.instead = () => new Promise(answered => asked.push(() => answered(null)))
  const first = w.browser(/\/away/)
  // Would hang, if the address waited for the provider.
  const { back } = await typeAddress(w, first, `ada@${domain}`)
  expect(back.status).toBe(200)
  expect(back.headers.get('refresh')).toMatch(/^0; url=\/oidc\/interaction\/[\w-]+\/away\?to=/)
  expect(back.url.search).not.toContain('ada')
  expect(asked).toEqual([])
  const browser = w.browser()
  for (const [key, cookie] of first.cookies) browser.cookies.set(key, cookie)
  const going = browser.open(back.url)
  await expect.poll(() => asked.length).toBe(1)
  w.idp.instead = () => null
  for (const answer of asked) answer()
  expect((await going).url.searchParams.has('code')).toBe(true)
})

test('one that does not answer in time is out of reach, and the page offers to go on without it', async () => {
  const w = await ssoWorld()
  const { domain } = await connected(w)
  w.idp.instead = () => Promise.reject(new OutsideRequestError('TIMED_OUT'))
  const { back } = await typeAddress(w, w.browser(), `ada@${domain}`)
  expect(back.status).toBe(502)
  expect(problemOn(back)).toContain('out of reach')
  expect(back.html).toContain(`value="ada@${domain}"`)
  expect(back.html).not.toContain('Send the code')
})

test('to look at the head of the page in between starts nothing', async () => {
  const w = await ssoWorld()
  const { domain } = await connected(w)
  const browser = w.browser(/\/away/)
  const { back } = await typeAddress(w, browser, `ada@${domain}`)
  const asked = w.idp.asked.length
  const cookie = [...browser.cookies.values()].map(one => `${one.name}=${one.value}`).join('; ')
  expect((await fetch(back.url, { method: 'HEAD', headers: { cookie }, redirect: 'manual' })).status).toBe(200)
  expect(w.idp.asked).toHaveLength(asked)
})
