import { beforeAll, expect, test } from 'vitest'
import { world } from '../kit/world.ts'
import { ask } from './isolation/ask.ts'
import { openParties, type Parties } from './isolation/callers.ts'
import { firstCursor } from './isolation/first-cursor.ts'
import { valuesOf } from './isolation/own-values.ts'
import { isCursor, slots } from './isolation/slots.ts'

let parties: Parties
beforeAll(async () => {
  parties = await openParties(await world())
})

const uuid = '01a20937-216d-7000-884e-b636bdd0c72d'
const write = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Things that are no position in a list, made to look like one. */
function forgeries([order, value, id]: readonly [string, string, string]): unknown[] {
  const instants = ['infinity', '-infinity', 'now', 'today', 'epoch', 'allballs', '2026-02-30 00:00:00+00']
  const times = [
    '2026-01-01 25:00:00+00',
    '2026-13-01 00:00:00+00',
    '0000-01-01 00:00:00+00',
    '294277-01-01 00:00:00+00',
  ]
  const values = [
    ...[null, 1, 1e300, true, {}, [], '', ' ', `${value} `, `${value}'`, "' or true --", `${value}::timestamptz`],
    ...['NaN', 'null', '\u0000', '\ud800', '9'.repeat(100_000), ...instants, ...times],
  ]
  const ids = [null, 1, '', 'x', `${id}'`, id.toUpperCase(), id.replaceAll('-', ''), `{${id}}`, `urn:uuid:${id}`, [id]]
  return [
    ...values.map(one => [order, one, id]),
    ...ids.map(one => [order, value, one]),
    ...['', 'id', 'o.name', `${order}'`, order.toUpperCase(), null, 1, [order], '__proto__']
      .filter(one => one !== order)
      .map(one => [one, value, id]),
    ...[
      null,
      1,
      'text',
      {},
      [],
      [order],
      [order, value],
      [order, value, id, id],
      { 0: order, 1: value, 2: id, length: 3 },
    ],
    [[order, value, id]],
  ]
}

const cursors = slots().filter(isCursor)

for (const slot of cursors)
  test(`${slot.key}: what is no cursor of this list is refused, or a position in it`, async () => {
    const { caller, parts } = await firstCursor(parties, slot)
    const values = valuesOf(parties)
    const texts = [...forgeries(parts).map(write), '', 'x', '!', 'bnVsbA', '====', '\u0000', write(parts).slice(0, -3)]
    for (const value of texts) {
      const { answer } = await ask(caller, slot, { value, side: parties.own, values, depth: 0 })
      const codes = answer.errors.map(error => error.extensions.code)
      // A name may be any text, and so is its position.
      const isPosition = codes.length === 0 && parts[0].toLowerCase().includes('name')
      if (!isPosition)
        expect(codes, Buffer.from(value, 'base64url').toString().slice(0, 100)).toEqual(['BAD_USER_INPUT'])
    }
  })

test('a cursor of one order is refused by every other', async () => {
  const orders = ['joinedAt', 'displayName', 'createdAt', 'expiresAt', 'email', 'occurredAt', 'name']
  for (const slot of cursors) {
    const { caller, parts } = await firstCursor(parties, slot)
    for (const order of orders.filter(one => one !== parts[0])) {
      const value = write([order, order === 'occurredAt' ? uuid : '2026-01-01 00:00:00+00', uuid])
      const { answer } = await ask(caller, slot, { value, side: parties.own, values: valuesOf(parties), depth: 0 })
      expect(answer.errors, `${slot.key} ${order}`).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    }
  }
})
