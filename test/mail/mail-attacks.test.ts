import { expect, test } from 'vitest'
import { invite, tryToInvite } from '../invitations/offers.ts'
import { uuidOf } from '../kit/journal.ts'
import { sql } from '../kit/rows.ts'
import type { World } from '../kit/world.ts'
import { post } from './post.ts'

/** Past every check of the API: what the mail makes of it must not depend on them. */
async function rename(w: World, name: string, others: Record<string, string | null> = {}): Promise<void> {
  const { logo = null, color = null } = others
  const values = [uuidOf(w.acme.id), name, logo, color]
  await sql(w, 'update organization set name = $2, logo_url = $3, primary_color = $4 where id = $1', values)
}

async function mailed(w: World, received: { raw: string; decoded: string; to: string[] }[]) {
  await invite(w.owner, w.acme, 'ada@people.test')
  await w.app.sendDueMail()
  const [mail] = received
  if (mail === undefined || received.length > 1) throw new Error('there is not one mail')
  const [head = ''] = mail.raw.split('\r\n\r\n')
  return { ...mail, head }
}

test('a line break in a name makes no header and no line of its own', async () => {
  const { w, server } = await post()
  await rename(w, 'Evil\r\nBcc: victim@people.test\r\n\r\n<b>Body</b>')
  const { head, to, decoded } = await mailed(w, server.received)
  expect(to).toEqual(['ada@people.test'])
  expect(head).not.toMatch(/^Bcc:/im)
  expect(
    head
      .match(/^(To|From|Subject|Bcc|Cc):/gim)
      ?.map(name => name.toLowerCase())
      .sort(),
  ).toEqual([...['from:', 'subject:', 'to:']])
  expect(decoded).not.toMatch(/^Bcc:/m)
})

test('HTML in the names of an organization, an inviter and a role is text', async () => {
  const { w, server } = await post()
  const evil = '<img src=x onerror=alert(1)>"\'&'
  await rename(w, evil)
  await sql(w, 'update principal set display_name = $2 where id = $1', [uuidOf(await w.owner.id()), evil])
  const role = await w.acme.customRole(['member:read'], { name: evil })
  await invite(w.owner, w.acme, 'ada@people.test', { roleIds: [role] })
  await w.app.sendDueMail()
  const html = /<!doctype html>[\s\S]*<\/html>/.exec(server.received[0]?.decoded ?? '')?.[0] ?? ''
  expect(html.match(/&lt;img src&#x3D;x onerror&#x3D;alert\(1\)&gt;/g)?.length).toBeGreaterThanOrEqual(3)
  expect(html).not.toContain('<img')
})

test('a color and a logo that are none are left out', async () => {
  const { w, server } = await post()
  await rename(w, 'Acme', { logo: 'javascript:alert(1)', color: 'red;background:url(https://evil.test)' })
  const { decoded } = await mailed(w, server.received)
  expect(decoded).not.toContain('evil.test')
  expect(decoded).not.toContain('javascript:')
  expect(decoded).toContain('background:#3b3fb6')
})

test('a color and a logo that are some are shown, with a text that can be read on it', async () => {
  const { w, server } = await post()
  await rename(w, 'Acme', { logo: 'https://acme.test/logo.png', color: '#ffee00' })
  const { decoded } = await mailed(w, server.received)
  expect(decoded).toContain('background:#ffee00;color:#000000')
  expect(decoded).toContain('src="https:&#x2F;&#x2F;acme.test&#x2F;logo.png"')
})

test('what is not one address is refused, and nobody gets mail', async () => {
  const { w, server } = await post()
  const tries = [
    'a@people.test, b@people.test',
    'a@people.test\r\nRCPT TO:<b@people.test>',
    '"a"@people.test',
    'Ada <a@people.test>',
    'a@people.test>',
  ]
  for (const email of tries)
    expect((await tryToInvite(w.owner, w.acme, email)).__typename, email).toBe('InvalidInputError')
  await w.app.sendDueMail()
  expect(server.received).toEqual([])
})

test('the Host of a request has no say in the link', async () => {
  const { w, server } = await post({}, { PUBLIC_URL: 'https://gateway.test' })
  const query = 'mutation($input: InviteMemberInput!) { inviteMember(input: $input) { __typename } }'
  const body = JSON.stringify({ query, variables: { input: { organizationId: w.acme.id, email: 'ada@people.test' } } })
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${w.owner.token}`,
    'x-forwarded-host': 'evil.test',
  }
  await w.app.fetch(new Request('http://evil.test/graphql', { method: 'POST', headers, body }))
  await w.app.sendDueMail()
  expect(server.received[0]?.decoded).toContain('https://gateway.test/invitation#token=')
  expect(server.received[0]?.decoded).not.toContain('evil.test')
})
