import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { dataDir, postgresPid, startTenantry, untilGone } from './tenantry.ts'

describe('stopping', { timeout: 120_000 }, () => {
  test.for(['SIGINT', 'SIGTERM'] as const)('%s stops the database too and is no failure', async name => {
    const DATA_DIR = await dataDir()
    const tenantry = await startTenantry({ DATA_DIR })
    await tenantry.ready()
    tenantry.signal(name)
    expect(await tenantry.ended).toMatchObject({ code: 0, stderr: '' })
    expect(await postgresPid(DATA_DIR)).toBeUndefined()
  })

  test('Ctrl-C in a terminal, which npm doubles, stops once and cleanly', async () => {
    const DATA_DIR = await dataDir()
    const tenantry = await startTenantry({ DATA_DIR })
    await tenantry.ready()
    tenantry.interruptGroup()
    await delay(5)
    tenantry.signal('SIGINT')
    expect(await tenantry.ended).toMatchObject({ code: 0, stderr: '' })
    expect(await postgresPid(DATA_DIR)).toBeUndefined()
  })

  test('Ctrl-C while the database is being made is clean, and the next start works', async () => {
    const DATA_DIR = await dataDir()
    const tenantry = await startTenantry({ DATA_DIR })
    while (!tenantry.output.stdout.includes('Creating the database')) await delay(5)
    tenantry.interruptGroup()
    expect(await tenantry.ended).toMatchObject({ code: 0, stderr: '' })
    expect(await postgresPid(DATA_DIR)).toBeUndefined()
    await (await startTenantry({ DATA_DIR })).ready()
  })

  test('a request that is under way is answered before the end', async () => {
    const tenantry = await startTenantry({ DATA_DIR: await dataDir() })
    await tenantry.ready()
    const body = JSON.stringify({ query: '{ __typename }' })
    const headers = `Host: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`
    const socket = connect(Number(tenantry.port), '127.0.0.1')
    await once(socket, 'connect')
    let answer = ''
    socket.setEncoding('utf8').on('data', text => (answer += text))
    socket.write(`POST /graphql HTTP/1.1\r\n${headers}\r\n\r\n${body.slice(0, 5)}`)
    await delay(100)
    tenantry.signal('SIGTERM')
    while (!tenantry.output.stdout.includes('Stopping')) await delay(5)
    socket.write(body.slice(5))
    expect(await tenantry.ended).toMatchObject({ code: 0, stderr: '' })
    expect(answer).toMatch(/^HTTP\/1.1 200 /)
    expect(answer).toContain('{"data":{"__typename":"Query"}}')
  })

  test('a second signal ends it at once, and PostgreSQL after it', async () => {
    const DATA_DIR = await dataDir()
    const tenantry = await startTenantry({ DATA_DIR })
    await tenantry.ready()
    const postgres = Number(await postgresPid(DATA_DIR))
    // A request that never becomes whole keeps the first signal waiting.
    const socket = connect(Number(tenantry.port), '127.0.0.1').on('error', () => {})
    socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{')
    await delay(100)
    tenantry.signal('SIGINT')
    await delay(1200)
    tenantry.signal('SIGINT')
    expect((await tenantry.ended).code).toBe(1)
    await untilGone(postgres)
  })
})
