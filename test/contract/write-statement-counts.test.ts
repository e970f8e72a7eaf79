import { expect, test } from 'vitest'
import { addresses, inviteMany, tryToInviteMany } from '../invitations/batches.ts'
import { world } from '../kit/world.ts'

// A batch is one transaction of a fixed number of statements, whatever is in it.

test('inviting costs the same statements for 3, 20 and 500, with a key and roles of every sort (INV-16)', async () => {
  const w = await world({ isolated: true })
  const admin = await w.roleId('Admin')
  const custom = await w.acme.customRole(['member:read'])
  const kinds = [{}, { roleIds: [admin] }, { roleIds: [custom, admin] }]
  const found: number[] = []
  for (const count of [3, 20, 500]) {
    w.statements.splice(0)
    const items = addresses(count).map((one, index) => ({ ...one, ...kinds[index % 3] }))
    await inviteMany(w.owner, w.acme, items, `key-${count}`)
    found.push(w.statements.length)
  }
  expect(found).toEqual([27, 27, 27])
})

test('one invitation costs as many, whether it is a batch of one or none (INV-16)', async () => {
  const w = await world({ isolated: true })
  const [first, second, third] = addresses(3)
  const costs = async (run: () => Promise<unknown>) => {
    w.statements.splice(0)
    await run()
    return w.statements.length
  }
  const alone = { organizationId: w.acme.id, ...first }
  const found = [
    await costs(() => w.owner.mutate('inviteMember', alone)),
    await costs(() => tryToInviteMany(w.owner, w.acme, second === undefined ? [] : [second])),
    await costs(() => tryToInviteMany(w.owner, w.acme, [...(third === undefined ? [] : [third]), ...addresses(499)])),
  ]
  expect(found).toEqual([17, 19, 19])
})
