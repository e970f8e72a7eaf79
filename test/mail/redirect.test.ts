import { describe, expect, test } from 'vitest'
import { isAllowedRedirect } from '../../src/mail/redirect.ts'
import { post } from './post.ts'

const allowed = ['https://app.example/welcome', 'https://other.example/', 'http://localhost:3000/']

test.each([
  'https://app.example/welcome',
  'https://app.example/welcome/',
  'https://app.example/welcome/new?plan=pro&x=1',
  'https://other.example',
  'https://other.example/anything/at/all',
  'http://localhost:3000/join',
])('links may lead to %s', url => {
  expect(isAllowedRedirect(url, allowed)).toBe(true)
})

test.each([
  ['another origin', 'https://evil.example/welcome'],
  ['an origin that begins alike', 'https://app.example.evil/welcome'],
  ['an origin that ends alike', 'https://evilapp.example/welcome'],
  ['another port', 'https://app.example:8443/welcome'],
  ['another scheme', 'http://app.example/welcome'],
  ['a script', 'javascript:alert(1)//https://app.example/welcome'],
  ['data', 'data:text/html,https://app.example/welcome'],
  ['a path that begins alike', 'https://app.example/welcome-evil'],
  ['a path beside it', 'https://app.example/elsewhere'],
  ['a path above it', 'https://app.example/'],
  ['a way out by dots', 'https://app.example/welcome/../elsewhere'],
  ['a way out by escaped dots', 'https://app.example/welcome/%2e%2e/elsewhere'],
  ['a way out by an escaped slash', 'https://app.example/welcome/..%2felsewhere'],
  ['a way out by an escaped backslash', 'https://app.example/welcome/..%5celsewhere'],
  ['a user', 'https://app.example@evil.example/welcome'],
  ['a user of the right host', 'https://evil@app.example/welcome'],
  ['a backslash', 'https://app.example\\@evil.example/welcome'],
  ['a backslash for a slash', 'https:\\\\app.example\\welcome'],
  ['no scheme', '//app.example/welcome'],
  ['no scheme, and evil', '//evil.example'],
  ['a path alone', '/welcome'],
  ['a doubled slash', 'https://app.example//welcome'],
  ['a doubled slash below', 'https://app.example/welcome//evil.example'],
  ['a fragment', 'https://app.example/welcome#token=mine'],
  ['an empty fragment', 'https://app.example/welcome#'],
  ['a space before', ' https://app.example/welcome'],
  ['a line break', 'https://app.example/welcome\r\nX: y'],
  ['a tab in the scheme', 'ht\ttps://app.example/welcome'],
  ['capitals in the host', 'https://APP.example/welcome'],
  ['a letter that looks alike', 'https://\u0430pp.example/welcome'],
  ['a dot after the host', 'https://app.example./welcome'],
  ['nothing', ''],
  ['too much', `https://app.example/welcome/${'x'.repeat(2048)}`],
])('links may not lead to %s', (_, url) => {
  expect(isAllowedRedirect(url, allowed)).toBe(false)
})

describe('redirectUrl of an invitation', () => {
  const selection = '... on InvalidInputError { issues { path } }'

  test('is where the link leads', async () => {
    const { w, server } = await post({}, { REDIRECT_URLS: 'https://app.example/welcome' })
    const input = {
      organizationId: w.acme.id,
      email: 'ada@people.test',
      redirectUrl: 'https://app.example/welcome/a?b=c',
    }
    expect((await w.owner.mutate('inviteMember', input)).__typename).toBe('InviteMemberPayload')
    await w.app.sendDueMail()
    expect(server.received[0]?.decoded).toMatch(/^https:\/\/app\.example\/welcome\/a\?b=c#token=[\w-]{43}\r$/m)
  })

  test.each(['https://app.example.evil/welcome', '//evil.example', 'https://app.example/welcome'])(
    '%s is refused where the configuration does not name it, and nobody is invited',
    async redirectUrl => {
      const { w, server } = await post()
      const input = { organizationId: w.acme.id, email: 'ada@people.test', redirectUrl }
      expect(await w.owner.mutate('inviteMember', input, selection)).toMatchObject({
        __typename: 'InvalidInputError',
        issues: [{ path: ['input', 'redirectUrl'] }],
      })
      await w.app.sendDueMail()
      expect(server.received).toEqual([])
    },
  )
})

test('INVITATION_URL is where links lead that say nothing else', async () => {
  const { w, server } = await post({}, { INVITATION_URL: 'https://app.example/join' })
  await w.owner.mutate('inviteMember', { organizationId: w.acme.id, email: 'ada@people.test' })
  await w.app.sendDueMail()
  expect(server.received[0]?.decoded).toMatch(/https:\/\/app\.example\/join#token=/)
  expect((await w.app.fetch(new Request('http://tenantry.test/invitation'))).status).toBe(404)
})
