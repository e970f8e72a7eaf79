import { missingInTemplate } from '../auth/policy.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import { PermissionEscalationError } from '../errors.ts'
import type { Ask } from '../load.ts'
import { TemplateLimitReachedError } from './errors.ts'

/** How much the template can hold: lists of it have no pages, and their cost is counted by these (TPL-4). */
export const templateLimits = { roles: 100, permissions: 500, 'API resources': 100 } as const

const sizes = statement(
  'template_sizes',
  `select (select count(*)::int from template_role) as roles, (select count(*)::int from permission) as permissions,
     (select count(*)::int from api_resource) as "API resources"`,
)
// Two that are added at once are counted one after the other.
const lock = statement('lock_template_sizes', 'select pg_advisory_xact_lock(7263020)')

/** @throws TemplateLimitReachedError when the template has no room for another of these */
export async function refuseFullTemplate(tx: Tx, what: keyof typeof templateLimits): Promise<void> {
  await tx.rows(lock, [])
  const [size] = await tx.rows<Record<keyof typeof templateLimits, number>>(sizes, [])
  const limit = templateLimits[what]
  if ((size?.[what] ?? 0) >= limit) throw new TemplateLimitReachedError(what, limit)
}

/** @throws PermissionEscalationError when the template's editor gives its roles what they do not hold themselves (MGT-2) */
export function refuseStrongerTemplate(ask: Ask, added: readonly string[]): void {
  const missing = missingInTemplate(ask, added)
  if (missing.length > 0) throw new PermissionEscalationError(missing)
}
