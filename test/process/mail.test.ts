import { describe, expect, test } from 'vitest'
import { openDevelopmentIssuer } from '../../src/auth/development-issuer.ts'
import { smtpServer } from '../kit/mail.ts'
import { dataDir, freePort, query, startTenantry } from './tenantry.ts'

describe('mail and the end of a process', { timeout: 240_000 }, () => {
  test('kill -9 between the commit and the mail loses nothing: it arrives after a restart (INV-14)', async () => {
    const port = await freePort()
    const env = {
      DATA_DIR: await dataDir(),
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      MAIL_FROM: 'no-reply@product.test',
    }
    const first = await startTenantry(env)
    await first.ready()
    const issuer = await openDevelopmentIssuer(env.DATA_DIR, () => new Date())
    const authorization = `Bearer ${await issuer.sign('otto.owner@demo.example')}`
    const ask = async (text: string) => {
      const body = JSON.stringify({ query: text })
      const headers = { authorization, 'content-type': 'application/json' }
      const response = await fetch(`${first.url}/graphql`, { method: 'POST', headers, body })
      return (await response.json()).data
    }
    const { organization } = await ask('{ organization(by: { slug: "acme" }) { id } }')
    const made = await ask(
      `mutation { inviteMember(input: { organizationId: "${organization.id}", email: "ada@people.test" }) { __typename } }`,
    )
    expect(made.inviteMember.__typename).toBe('InviteMemberPayload')
    first.signal('SIGKILL')
    await first.ended

    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    const server = await smtpServer({
      port,
      onMessage: ({ to }) => {
        if (to[0] === 'ada@people.test') resolve()
      },
    })
    const second = await startTenantry(env)
    await second.ready()
    await arrived
    // The answer to the message is noted before a clean stop.
    second.signal('SIGTERM')
    expect((await second.ended).code).toBe(0)
    expect(server.received.filter(mail => mail.to[0] === 'ada@people.test').length).toBe(1)
    const third = await startTenantry(env)
    await third.ready()
    const status = `select m.status from invitation_mail m join invitation i on i.id = m.invitation_id
      where i.email = 'ada@people.test'`
    expect(await query(env.DATA_DIR, status)).toEqual([{ status: 'SENT' }])
  })
})
