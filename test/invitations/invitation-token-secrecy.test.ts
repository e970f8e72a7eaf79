import { expect, test } from 'vitest'
import { hashToken } from '../../src/secret-token.ts'
import { newestToken } from '../kit/mail.ts'
import { objectTypes, selectionOf } from '../kit/selection.ts'
import { withClient } from '../kit/server.ts'
import { type World, world } from '../kit/world.ts'
import { literalsFor } from '../security/isolation/ask.ts'
import { invite } from './offers.ts'

/** Every row of every table, as text. */
async function wholeDatabase({ databaseUrl }: Pick<World, 'databaseUrl'>): Promise<string> {
  return withClient(databaseUrl, async client => {
    const { rows: tables } = await client.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    )
    const texts: string[] = []
    for (const { name } of tables)
      texts.push(
        ...(await client.query<{ row: string }>(`select t::text as row from "${name}" t`)).rows.map(one => one.row),
      )
    return texts.join('\n')
  })
}

test('the token of a link is in no table, log, audit entry or event, in whatever became of it (INV-10)', async () => {
  const w = await world({ isolated: true, env: { LOG_LEVEL: 'debug' } })
  const invitee = await w.person()
  await invite(w.owner, w.acme, invitee.email)
  const token = await newestToken(w, invitee.email)
  expect(token).toMatch(/^[\w-]{43}$/)
  const input = { invitation: { token } }
  await w.anonymous().query('query($token: String!) { invitationPreview(token: $token) { status } }', { token })
  await (await w.person()).mutate('acceptInvitation', input)
  await w.anonymous().refusal('acceptInvitation', input)
  await w.owner.send(`{ invitationPreview(token: "${token}") { nothing } }`)
  await w.app.fetch(new Request(`http://tenantry.test/graphql?query={invitationPreview(token:"${token}"){status}}`))
  await invitee.mutate('acceptInvitation', input)
  const database = await wholeDatabase(w)
  // That the hash is found shows that the search would find the token.
  expect(database).toContain(hashToken(token))
  expect(database).not.toContain(token)
  expect(w.log.length).toBeGreaterThan(5)
  expect(w.log.join('\n')).not.toContain(token)
})

test('no field shows a token or its hash to anybody: not to the owner, not to the recipient (INV-10)', async () => {
  const w = await world({ isolated: true })
  const invitee = await w.person()
  const id = await invite(w.owner, w.acme, invitee.email)
  const token = await newestToken(w, invitee.email)
  const type = objectTypes().find(one => one.name === 'Invitation')
  if (type === undefined) throw new Error('there is no Invitation')
  const query = `query($id: ID!) { node(id: $id) { ... on Invitation ${selectionOf(type, { depth: 1, literals: literalsFor(JSON.stringify(w.acme.id)) })} } }`
  for (const by of [w.owner, w.operator, invitee]) {
    const text = JSON.stringify(await by.query(query, { id }))
    expect(text).not.toContain(token)
    expect(text).not.toContain(hashToken(token))
  }
  const named = objectTypes().flatMap(one => Object.keys(one.getFields()).map(field => `${one.name}.${field}`))
  expect(named.filter(name => /^Invitation\w*\..*(token|link|secret|hash)/i.test(name))).toEqual([])
})
