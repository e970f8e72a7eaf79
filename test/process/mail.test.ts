import { expect, test } from 'vitest'
import { openDevelopmentIssuer } from '../../src/auth/development-issuer.ts'
import { smtpServer } from '../kit/mail.ts'
import { rounds } from '../kit/rounds.ts'
import { dataDir, freePort, query, startTenantry, type Tenantry } from './tenantry.ts'

/** Each takes two processes and a lease: one in thirty, which is once beside all other tests, and ten times among the races. */
const kills = rounds.filter(round => round % 30 === 0)

test('kill -9 between the commit and the mail loses nothing: it arrives after a restart (INV-14)', {
  timeout: 240_000 * kills.length,
}, async () => {
  const port = await freePort()
  const env = {
    DATA_DIR: await dataDir(),
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'no-reply@product.test',
  }
  for (const round of kills) {
    const email = `ada-${round}@people.test`
    const killed = await startTenantry(env)
    await killed.ready()
    await inviteToAcme(killed, env.DATA_DIR, email)
    killed.signal('SIGKILL')
    await killed.ended

    const { promise: arrived, resolve } = Promise.withResolvers<void>()
    const server = await smtpServer({
      port,
      onMessage: ({ to }) => {
        if (to[0] === email) resolve()
      },
    })
    const restarted = await startTenantry(env)
    await restarted.ready()
    await arrived
    // The answer to the message is noted before a clean stop.
    restarted.signal('SIGTERM')
    expect((await restarted.ended).code).toBe(0)
    expect(server.received.filter(mail => mail.to[0] === email).length).toBe(1)
    await server.close()
  }
  await (await startTenantry(env)).ready()
  const statuses = `select m.status from invitation_mail m join invitation i on i.id = m.invitation_id
    where i.email like 'ada-%@people.test'`
  expect(await query(env.DATA_DIR, statuses)).toEqual(kills.map(() => ({ status: 'SENT' })))
})

async function inviteToAcme({ url }: Tenantry, folder: string, email: string): Promise<void> {
  const issuer = await openDevelopmentIssuer(folder, () => new Date())
  const authorization = `Bearer ${await issuer.sign('otto.owner@demo.example')}`
  const ask = async (text: string) => {
    const body = JSON.stringify({ query: text })
    const headers = { authorization, 'content-type': 'application/json' }
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body })
    return (await response.json()).data
  }
  const { organization } = await ask('{ organization(by: { slug: "acme" }) { id } }')
  const made = await ask(
    `mutation { inviteMember(input: { organizationId: "${organization.id}", email: "${email}" }) { __typename } }`,
  )
  expect(made.inviteMember.__typename).toBe('InviteMemberPayload')
}
