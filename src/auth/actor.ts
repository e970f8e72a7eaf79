import { type ManagementPermission, managementPermissionKeys } from './permissions.ts'

/** Who a token says is calling, as far as that is known before the request reads anything. */
export interface Caller {
  readonly kind: 'USER' | 'MACHINE'
  readonly id: string
  readonly displayName: string
  /** The verified address in the form in which addresses are compared; null when there is none or it is unverified. */
  readonly emailKey: string | null
  /** Named by the configuration as an operator: holds every management permission. */
  readonly isConfiguredOperator: boolean
}

/** Whoever makes the request, as the policy and the database know them. */
export type Actor = Anonymous | KnownActor

export interface Anonymous {
  readonly kind: 'ANONYMOUS'
}
export interface KnownActor extends Caller {
  readonly management: ReadonlySet<ManagementPermission>
}

export const anonymous: Anonymous = { kind: 'ANONYMOUS' }

/** Whether the actor is an operator with this management permission. */
export function manages(actor: Actor, permission: ManagementPermission): boolean {
  return actor.kind !== 'ANONYMOUS' && actor.management.has(permission)
}

/** The actor that a caller is, with the management permissions that were found granted. */
export function actorOf(caller: Caller, granted: readonly string[]): KnownActor {
  const held = managementPermissionKeys.filter(key => caller.isConfiguredOperator || granted.includes(key))
  return { ...caller, management: new Set(held) }
}
