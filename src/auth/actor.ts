import type { TokenBinding } from './organization-audience.ts'
import { type ManagementPermission, managementPermissionKeys } from './permissions.ts'
import type { Shown } from './required-sso-policy.ts'

/** Who a token says is calling, as far as that is known before the request reads anything. */
export interface Caller {
  readonly kind: 'USER' | 'MACHINE'
  readonly id: string
  readonly displayName: string
  /**
   * The verified address in the form in which addresses are compared; null when there is none or it is unverified, and
   * with an organization token, to which what is offered to a person elsewhere is no matter.
   */
  readonly emailKey: string | null
  /** Named by the configuration as an operator: holds every management permission. */
  readonly isConfiguredOperator: boolean
  /** With an organization token: where alone the caller acts, and the most they may do there (TOK-7). */
  readonly token: TokenBinding | null
  /** What the token says of the sign-in; absent where there was none. */
  readonly shown?: Shown
  /** Signed in through a connector of an organization: has no management permissions (SSO-10). Absent where not. */
  readonly isThroughConnector?: true
  /** The setup link that somebody came through who acts in this caller's name (SSO-9); absent where nobody does. */
  readonly setupLink?: SetupLinkBinding
}

/** Through which setup link somebody acts, and for which connector alone. */
export interface SetupLinkBinding {
  readonly id: string
  readonly label: string
  readonly connectorId: string
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

/** What an organization token says of what the actor may do; null when it says nothing: it is another token, or none. */
export function bindingOf(actor: Actor): TokenBinding | null {
  return actor.kind === 'ANONYMOUS' ? null : actor.token
}

/** The setup link that somebody came through who acts as the actor; undefined where nobody does. */
export function setupLinkOf(actor: Actor): SetupLinkBinding | undefined {
  return actor.kind === 'ANONYMOUS' ? undefined : actor.setupLink
}

/** Whether what the actor may do as an operator does not count: their provider, which a tenant chose, says who they are. */
export const isKeptFromManaging = (caller: Pick<Caller, 'isThroughConnector'>) => caller.isThroughConnector === true

/** The management permissions of a caller, for row-level security; null where the grants say them. */
export function givenTo(caller: Caller): string | null {
  if (isKeptFromManaging(caller)) return ''
  return caller.isConfiguredOperator ? managementPermissionKeys.join(' ') : null
}

/**
 * The actor that a caller is, with the management permissions that were found granted; an organization token has none, and
 * neither has a sign-in through a connector (SSO-10).
 */
export function actorOf(caller: Caller, granted: readonly string[]): KnownActor {
  const isHeld = (key: ManagementPermission) => caller.isConfiguredOperator || granted.includes(key)
  const held = caller.token === null && !isKeptFromManaging(caller) ? managementPermissionKeys.filter(isHeld) : []
  return { ...caller, management: new Set(held) }
}
