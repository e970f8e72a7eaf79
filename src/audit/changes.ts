import { isDeepStrictEqual } from 'node:util'
import type { AuditChange } from './audit-event.entity.ts'

const longest = 200

/** The fields of `after` that differ from `before`, as the audit log shows them. */
export function changesOf(before: object, after: object): AuditChange[] {
  const was = new Map<string, unknown>(Object.entries(before))
  return Object.entries(after)
    .filter(([field, value]) => !isDeepStrictEqual(was.get(field) ?? null, value ?? null))
    .map(([field, value]) => ({ field, before: shown(was.get(field)), after: shown(value) }))
}

/** A list that lost and gained items, as one change; none when nothing did. */
export function listChange(field: string, removed: readonly string[], added: readonly string[]): AuditChange[] {
  if (removed.length === 0 && added.length === 0) return []
  return [
    {
      field,
      before: removed.length === 0 ? null : removed.join(', '),
      after: added.length === 0 ? null : added.join(', '),
    },
  ]
}

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null
  // PostgreSQL refuses JSON with half a surrogate pair, as a client may send it, and as a cut through an emoji leaves it.
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed()
  return text.length > longest ? `${[...text].slice(0, longest).join('')}…` : text
}
