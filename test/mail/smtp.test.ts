import { expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { invite, seen } from '../invitations/offers.ts'
import { production } from '../kit/deployment.ts'
import { smtpError } from '../kit/mail.ts'
import { post } from './post.ts'

test('user and password of SMTP_URL are used, and stand in no log', async () => {
  const used: unknown[] = []
  const { w, server } = await post({
    onAuth: ({ username, password }, _session, done) => {
      used.push([username, password])
      done(null, { user: username })
    },
  })
  expect(server.received).toEqual([])
  const env = { ...server.env, SMTP_URL: `smtp://post%40product.test:s%3Acret@127.0.0.1:${server.port}` }
  const config = readConfig(env)
  expect(config.mail).toMatchObject({ server: { auth: { user: 'post@product.test', pass: 's:cret' } } })
  const { world } = await import('../kit/world.ts')
  const authorized = await world({ isolated: true, env })
  await invite(authorized.owner, authorized.acme, 'ada@people.test')
  await authorized.app.sendDueMail()
  expect(used).toEqual([['post@product.test', 's:cret']])
  expect([...authorized.log, ...(await authorized.app.welcome()), ...w.log].join('\n')).not.toContain('s:cret')
})

test('a password that the server refuses is a failure that is tried again, and stands in no log', async () => {
  const onAuth = (_auth: object, _session: object, done: (error: Error) => void) => done(smtpError(535, 'No'))
  const { server } = await post({ onAuth })
  const { world } = await import('../kit/world.ts')
  const env = { ...server.env, SMTP_URL: `smtp://post:s3cret@127.0.0.1:${server.port}` }
  const w = await world({ isolated: true, env })
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  await w.app.sendDueMail()
  expect(await seen(w.owner, id, 'lastMailFailure')).toEqual({ lastMailFailure: 'REFUSED' })
  expect(w.log.join('\n')).not.toContain('s3cret')
})

test('where TLS is required, a server without it gets neither mail nor password', async () => {
  const used: unknown[] = []
  const { server } = await post({
    onAuth: (auth, _session, done) => {
      used.push(auth)
      done(null, { user: 'post' })
    },
  })
  const { world } = await import('../kit/world.ts')
  const env = { ...server.env, SMTP_URL: `smtp://post:s3cret@127.0.0.1:${server.port}`, SMTP_TLS: 'REQUIRED' }
  const w = await world({ isolated: true, env })
  const id = await invite(w.owner, w.acme, 'ada@people.test')
  await w.app.sendDueMail()
  expect([used, server.received]).toEqual([[], []])
  expect(await seen(w.owner, id, 'lastSentAt')).toEqual({ lastSentAt: null })
})

test('in production TLS is required unless it is switched off in words', () => {
  const mail = { SMTP_URL: 'smtp://mail.test', MAIL_FROM: 'no-reply@product.test' }
  expect(readConfig({ ...production, ...mail }).mail).toMatchObject({ tls: 'REQUIRED', server: { port: 587 } })
  expect(readConfig({ ...production, ...mail, SMTP_TLS: 'OFF' }).mail).toMatchObject({ tls: 'OFF' })
  expect(readConfig({ ...production, ...mail, SMTP_URL: 'smtps://mail.test' }).mail).toMatchObject({
    server: { isImplicitTls: true, port: 465 },
  })
  expect(readConfig(production).mail).toBe(null)
  expect(readConfig({}).mail).toMatchObject({ kind: 'MAILBOX' })
})
