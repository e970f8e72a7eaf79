import { expect, test } from 'vitest'
import type { Client, Loose } from '../kit/client.ts'
import { memberWith, operatorWith } from '../kit/holders.ts'
import { world } from '../kit/world.ts'
import { createPermission, createRole } from '../roles/template.ts'

const text = `query($filter: AuditEventFilter, $first: Int, $after: String) {
  auditEvents(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { action targetLabel targetId } } }`

async function logOf(client: Client, variables: Loose = {}): Promise<Loose> {
  return (await client.query(text, variables)).auditEvents
}
const labels = (log: Loose) => log.nodes.map((event: Loose) => event.targetLabel)

test('the log of the deployment tells of template, APIs and operators, and of no organization (MGT-3)', async () => {
  const deployment = await world({ isolated: true })
  const { operator, acme } = deployment
  await acme.customRole([], { name: 'Custom' })
  await createRole(operator, 'Auditor')
  await createPermission(operator, 'invoice:read')
  await operatorWith(deployment, ['AUDIT_READ'])
  const { nodes, totalCount } = await logOf(operator)
  const actions = ['MANAGEMENT_PERMISSIONS_CHANGED', 'PERMISSION_CREATED', 'ROLE_CREATED']
  expect(nodes.map((event: Loose) => event.action)).toEqual(actions)
  expect(totalCount).toBe(3)
})

test('the log of the deployment is newest first, filtered and paged as that of an organization (MGT-4)', async () => {
  const { operator, clock } = await world({ isolated: true })
  const ids: string[] = []
  for (const name of ['One', 'Two', 'Three']) {
    ids.push(await createRole(operator, name))
    clock.advance({ minutes: 1 })
  }
  const page = await logOf(operator, { first: 2 })
  expect([labels(page), page.pageInfo.hasNextPage, page.totalCount]).toEqual([['Three', 'Two'], true, 3])
  expect(labels(await logOf(operator, { after: page.pageInfo.endCursor }))).toEqual(['One'])
  expect(labels(await logOf(operator, { filter: { targetId: ids[1] } }))).toEqual(['Two'])
  const since = new Date(clock().getTime() - 120_000).toISOString()
  expect(labels(await logOf(operator, { filter: { since } }))).toEqual(['Three', 'Two'])
  expect(labels(await logOf(operator, { filter: { until: since } }))).toEqual(['One'])
  expect(labels(await logOf(operator, { filter: { actions: ['ROLE_DELETED'] } }))).toEqual([])
  expect(labels(await logOf(operator, { filter: { actorId: await operator.id() } }))).toHaveLength(3)
  const { errors } = await operator.send(text, { first: 101 })
  expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT')
})

test('only operators with audit:read read the log of the deployment (MGT-2)', async () => {
  const deployment = await world({ isolated: true })
  const { owner, acme, machine, anonymous } = deployment
  const reader = await operatorWith(deployment, ['AUDIT_READ'])
  expect((await logOf(reader)).totalCount).toBeGreaterThan(0)
  const others = ['ORGANIZATIONS_READ', 'ORGANIZATIONS_WRITE', 'TEMPLATE_WRITE', 'USERS_READ', 'MANAGEMENT_WRITE']
  const refused = [
    owner,
    await memberWith(acme, ['audit:read']),
    await machine(),
    await operatorWith(deployment, others),
  ]
  for (const client of refused) {
    const { data, errors } = await client.send(text)
    expect([data, errors[0]?.extensions]).toEqual([null, { code: 'FORBIDDEN', permission: 'audit:read' }])
  }
  const nobody = await anonymous().send(text)
  expect([nobody.data, nobody.errors[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED'])
})
