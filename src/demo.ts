import type { KnownActor } from './auth/actor.ts'
import { managementPermissionKeys } from './auth/permissions.ts'
import type { Services } from './context.ts'
import { type Tx, transaction } from './db/transaction.ts'
import { newId } from './ids.ts'
import { inviteMember } from './invitations/invitation.service.ts'
import { ManagementGrant } from './management/management-grant.entity.ts'
import { addMember } from './members/membership.service.ts'
import { createOrganization } from './organizations/organization.service.ts'
import { createCustomRole } from './roles/role.service.ts'
import { emailKey } from './users/email.ts'
import { Identity, Principal } from './users/principal.entity.ts'

/** The people of the demo deployment: sign in as any of them with `npm run -s token -- <email>`. */
export const people = {
  operator: {
    email: 'olga.operator@demo.example',
    displayName: 'Olga Operator',
    is: 'an operator: sees and repairs everything',
  },
  owner: {
    email: 'otto.owner@demo.example',
    displayName: 'Otto Owner',
    is: 'owns two organizations, Acme and Initech',
  },
  admin: { email: 'ada.admin@demo.example', displayName: 'Ada Admin', is: 'an admin of Acme' },
  member: { email: 'max.member@demo.example', displayName: 'Max Member', is: 'a plain member of Acme' },
  outsider: {
    email: 'iris.invited@demo.example',
    displayName: 'Iris Invited',
    is: 'not a member of anything, but invited to Acme',
  },
} as const
export const machine = { clientId: 'demo-machine', displayName: 'Acme Sync' } as const

/** What a newcomer reads after the start. */
export function introduction(): string[] {
  const width = Math.max(...Object.values(people).map(person => person.email.length))
  return [
    '',
    'Demo people:',
    ...Object.values(people).map(person => `  ${person.email.padEnd(width)}  ${person.is}`),
    `  ${machine.clientId.padEnd(width)}  a machine application, member of Acme`,
  ]
}

/** Makes the demo deployment, once: where the owner is known already, nothing happens. */
export async function seedDemo(services: Services, issuer: string, say: (line: string) => void): Promise<void> {
  const em = services.orm.em.fork()
  if ((await em.count(Identity, { issuer, subject: people.owner.email })) > 0) return
  say('Seeding the demo deployment…')
  const actors = await createPeople(services, issuer)
  const machineId = await createMachine(services)
  const as = <Result>(actor: KnownActor, run: (tx: Tx) => Promise<Result>) =>
    transaction(services, { actor, ipAddress: null }, run)
  const { owner, admin, member } = actors
  const acme = await as(owner, tx =>
    createOrganization(tx, { name: 'Acme', slug: 'acme', description: 'Makes everything.' }),
  )
  await as(owner, tx => createOrganization(tx, { name: 'Initech', slug: 'initech' }))
  await as(owner, async tx => {
    const { organizationId } = acme
    await tx.enter(organizationId)
    const roles = await tx.load.templateRoles()
    const roleIds = (name: string) => roles.filter(role => role.name === name).map(role => role.id)
    await addMember(tx, { organizationId, principalId: admin.id, roleIds: roleIds('Admin') })
    await addMember(tx, { organizationId, principalId: member.id })
    await addMember(tx, { organizationId, principalId: machineId, roleIds: roleIds('Service') })
    const kind = 'USER' as const
    const name = 'Billing'
    await createCustomRole(tx, {
      organizationId,
      name,
      kind,
      description: 'Sees who is there, for the bill.',
      permissionIds: await memberRead(tx),
    })
    await inviteMember(tx, { organizationId, email: people.outsider.email })
  })
}

async function memberRead(tx: Tx): Promise<string[]> {
  return (await tx.load.permissions())
    .filter(permission => permission.key === 'member:read')
    .map(permission => permission.id)
}

async function createPeople(services: Services, issuer: string) {
  const entries = await Promise.all(
    Object.entries(people).map(async ([role, { email, displayName }]) => {
      const now = services.clock()
      const id = newId(now)
      const key = emailKey(email)
      await services.orm.em.fork().transactional(async em => {
        await em.insert(Principal, {
          id,
          kind: 'USER',
          displayName,
          email,
          emailKey: key,
          isEmailVerified: true,
          createdAt: now,
        })
        await em.insert(Identity, { issuer, subject: email, principalId: id, createdAt: now })
        if (role !== 'operator') return
        const grants = managementPermissionKeys.map(permission => ({
          principalId: id,
          permission,
          grantedBy: null,
          grantedAt: now,
        }))
        await em.insertMany(ManagementGrant, grants)
      })
      const actor: KnownActor = {
        kind: 'USER',
        id,
        displayName,
        emailKey: key,
        isConfiguredOperator: false,
        token: null,
        management: new Set(),
      }
      return [role, actor] as const
    }),
  )
  return Object.fromEntries(entries) as Record<keyof typeof people, KnownActor>
}

async function createMachine(services: Services): Promise<string> {
  const now = services.clock()
  const id = newId(now)
  await services.orm.em.fork().insert(Principal, { id, kind: 'MACHINE', ...machine, createdAt: now })
  return id
}
