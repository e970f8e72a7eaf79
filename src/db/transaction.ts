import type { EntityManager } from '@mikro-orm/postgresql'
import { CompiledQuery } from 'kysely'
import type { AuditAction } from '../audit/actions.ts'
import type { AuditChange } from '../audit/audit-event.entity.ts'
import { type Actor, bindingOf, setupLinkOf } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { accountGone } from '../errors.ts'
import { newId } from '../ids.ts'
import { type Ask, createLoaders, type Loaders } from '../load.ts'
import type { Json } from '../organizations/organization.entity.ts'
import { look } from './look.ts'
import type { Timeouts } from './session.ts'
import { type Db, type Statement, statement } from './statement.ts'

/** What happened, for the audit log. `label` is how people know the target once it is gone. */
interface AuditEntry {
  readonly organizationId: string
  readonly action: AuditAction
  readonly target: { readonly type: string; readonly id: string | null; readonly label: string }
  readonly changes?: readonly AuditChange[]
}

/** The transaction of one mutation: what a service writes through. */
export interface Tx extends Ask, Db {
  readonly em: EntityManager
  /** The acting principal's id; null for the system. */
  readonly actorId: string | null
  /**
   * From here on, writes reach this organization and no other (`*`: every one). Only after the write was authorized.
   * Returns the one that they reached before.
   */
  enter(organizationId: string): Promise<string>
  /** Reads from now on see what was locked or written since. */
  refresh(): void
  /** Adds an entry to the audit log, committed with the change or not at all. */
  record(entry: AuditEntry): void
  /** Adds an event to the outbox, committed with the change or not at all. */
  emit(organizationId: string, type: AuditAction, payload: Json): void
  /** Runs this once the change is committed, and not at all if it is not. It must not fail. */
  afterCommit(run: (services: Services) => void): void
}

const enter = statement('enter', 'select tenantry_enter($1)')
const insertEntries = statement(
  'insert_audit_events',
  `insert into audit_event (organization_id, id, action, actor_id, actor_label, target_type, target_id, target_label,
     changes, ip_address, occurred_at)
   select e."organizationId", e.id, e.action, $2, $3, e."targetType", e."targetId", e."targetLabel", e.changes, $4, $5
   from jsonb_to_recordset($1::jsonb) as e ("organizationId" uuid, id uuid, action text, "targetType" text,
     "targetId" uuid, "targetLabel" text, changes jsonb)`,
)
const insertEvents = statement(
  'insert_outbox_events',
  `insert into outbox_event (organization_id, id, type, payload, occurred_at)
   select e."organizationId", e.id, e.type, e.payload, $2
   from jsonb_to_recordset($1::jsonb) as e ("organizationId" uuid, id uuid, type text, payload jsonb)`,
)
const attempts = 3
// Serialization failure, deadlock; and what a concurrent change put in the way between a check and its write (a unique
// or foreign key): the next attempt sees it and answers as the rules say.
// PostgreSQL 18 calls a foreign key that restricts by a code of its own.
const passing = new Set(['40001', '40P01', '23001', '23503', '23505'])
const isPassing = (error: unknown) => error instanceof Error && 'code' in error && passing.has(String(error.code))

/**
 * Runs one mutation in one transaction on its own fork, with row-level security knowing the actor. What is only in the
 * way for now (a deadlock, a key that appeared meanwhile) starts it over; everything else rolls back and is thrown.
 */
export async function transaction<Result>(
  services: Services,
  by: { actor: Actor; ipAddress: string | null },
  run: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      const fork = services.orm.em.fork()
      const { result, afterwards } = await fork.transactional(async em => {
        const values = whoLooks(by.actor, services.config.databaseTimeouts)
        const { rows } = await em
          .getKysely<object>()
          .executeQuery<{ isKnown: boolean }>(CompiledQuery.raw(look.text, values))
        if (rows[0]?.isKnown !== true) throw accountGone()
        const { tx, afterwards, flush } = openTx(services, by, em)
        const result = await run(tx)
        await flush()
        return { result, afterwards }
      })
      for (const run of afterwards) run(services)
      return result
    } catch (error) {
      if (attempt === attempts || !isPassing(error)) throw error
    }
  }
}

/** The values of `look`. */
export function whoLooks(actor: Actor, { statement, lock }: Timeouts): (string | number | null)[] {
  const who =
    actor.kind === 'ANONYMOUS' ? [null, null, ''] : [actor.id, actor.emailKey, [...actor.management].join(' ')]
  return [...who, bindingOf(actor)?.organizationId ?? null, statement, lock]
}

function openTx(services: Services, by: { actor: Actor; ipAddress: string | null }, em: EntityManager) {
  const { actor, ipAddress } = by
  const now = services.clock()
  const asker = { actor, config: services.config, now }
  const actorId = actor.kind === 'ANONYMOUS' ? null : actor.id
  const entries: AuditEntry[] = []
  const events: { organizationId: string; type: AuditAction; payload: Json }[] = []
  let acting = ''
  const afterwards: ((services: Services) => void)[] = []
  const db: Db = {
    async rows<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
      services.observe?.(statement)
      const result = await em.getKysely<object>().executeQuery<Row>(CompiledQuery.raw(statement.text, [...values]))
      return result.rows
    },
    // What a write decides by, it reads itself: what was locked meanwhile counts.
    templateRows: statement => db.rows(statement, []),
  }
  const tx = {
    ...db,
    em,
    ...asker,
    actorId,
    load: createLoaders(db, asker) as Loaders,
    refresh() {
      tx.load = createLoaders(db, asker)
    },
    async enter(organizationId: string) {
      const before = acting
      await db.rows(enter, [organizationId])
      acting = organizationId
      return before
    },
    record(entry: AuditEntry) {
      entries.push(entry)
    },
    emit(organizationId: string, type: AuditAction, payload: Json) {
      events.push({ organizationId, type, payload })
    },
    afterCommit(run: (services: Services) => void) {
      afterwards.push(run)
    },
  } satisfies Tx
  const flush = async () => {
    const through = setupLinkOf(actor)
    const actorLabel = actor.kind === 'ANONYMOUS' ? null : actor.displayName
    const written = entries.map(({ organizationId, action, target, changes = [] }) => ({
      organizationId,
      id: newId(now),
      action,
      targetType: target.type,
      targetId: target.id,
      // JSON with half a surrogate pair is refused; a label of a token may have one.
      targetLabel: target.label.toWellFormed(),
      // Who did it is somebody else than the actor, whose name they have: the log says so.
      changes:
        through === undefined ? changes : [...changes, { field: 'setupLink', before: null, after: through.label }],
    }))
    if (written.length > 0) await db.rows(insertEntries, [JSON.stringify(written), actorId, actorLabel, ipAddress, now])
    const emitted = events.map(event => ({ ...event, id: newId(now) }))
    if (emitted.length > 0) await db.rows(insertEvents, [JSON.stringify(emitted), now])
  }
  return { tx, afterwards, flush }
}
