/** Who may do what with machine applications: a part of policy.ts, under the same laws. */
import { RequestError } from '../errors.ts'
import { deploymentId } from '../ids.ts'
import type { Ask } from '../load.ts'
import type { ApplicationRow, ApplicationSecretRow } from '../machines/machine-application.loaders.ts'
import { managementOf } from '../management/management.ts'
import { manages as actorManages } from './actor.ts'
import { holds, holdsToChange, manages, notFound, outranks, seePrincipal, signedIn, type Verdict } from './policy.ts'

type Home = Pick<ApplicationRow, 'organizationId'>

/** A machine application may be known by operators with applications:write, if it is of the deployment, and by who may know it as a principal. */
export async function seeApplication(ask: Ask, { id, organizationId }: ApplicationRow): Promise<Verdict> {
  if (organizationId === deploymentId && actorManages(ask.actor, 'applications:write')) return null
  const unseen = await seePrincipal(ask, id)
  return unseen?.code === 'NOT_FOUND' ? notFound('application') : unseen
}

/** What an application signs in with may be seen by whoever holds application:read in its organization; of the deployment, by operators with applications:write. */
export async function readApplication(ask: Ask, { organizationId }: Home): Promise<Verdict> {
  if (organizationId === deploymentId) return manages(ask, 'applications:write')
  return holds(ask, organizationId, 'application:read')
}

/** A secret of an application may be seen by whoever may see what the application signs in with. */
export async function seeSecret(ask: Ask, secret: ApplicationSecretRow): Promise<Verdict> {
  return (await readApplication(ask, secret)) === null ? null : (signedIn(ask) ?? notFound('secret'))
}

/** An application may be made and changed by whoever holds application:manage in its organization; of the deployment, by operators with applications:write. */
export async function manageApplication(ask: Ask, { organizationId }: Home): Promise<Verdict> {
  if (organizationId === deploymentId) return manages(ask, 'applications:write')
  return holdsToChange(ask, organizationId, 'application:manage')
}

/** What signs an application in is its power: a secret or a key is made, and the application ended, by who may manage it and holds all that it holds (ROL-3, MEM-7, MGT-2). */
export async function controlApplication(ask: Ask, application: ApplicationRow): Promise<Verdict> {
  return (await manageApplication(ask, application)) ?? (await outpowers(ask, application))
}

/** A secret may be revoked by whoever may see it and manage its application: that gives nobody anything. */
export async function revokeSecret(ask: Ask, secret: ApplicationSecretRow): Promise<Verdict> {
  return (await seeSecret(ask, secret)) ?? manageApplication(ask, secret)
}

async function outpowers(ask: Ask, { id, organizationId }: ApplicationRow): Promise<Verdict> {
  const principal = await ask.load.principalById.load(id)
  if (principal === null) return notFound('application')
  const missing = [...(await managementOf(ask, principal))].filter(permission => !actorManages(ask.actor, permission))
  if (missing.length > 0)
    return new RequestError('FORBIDDEN', 'This application holds management permissions that you lack.', { missing })
  if (organizationId !== deploymentId) {
    const membership = await ask.load.homeMembershipByApplication.load(id)
    return membership === null ? null : outranks(ask, membership)
  }
  // In organizations that an operator may not even see: who may do all in every one of them may do this, and nobody else.
  if (actorManages(ask.actor, 'organizations:write')) return null
  const isEmpowered = (await ask.load.empowermentByApplication.load(id))?.isEmpowered ?? true
  return isEmpowered ? manages(ask, 'organizations:write') : null
}
