import type { Client } from '../../kit/client.ts'
import { bound } from '../../kit/organization-token.ts'
import type { Person, World } from '../../kit/world.ts'
import { applicationIn, everything, invitationTo, joined, openSide, type Side } from './side.ts'

export const kinds = [
  'anonymous',
  'a user without organizations',
  'a plain member',
  'an admin',
  'an owner',
  'a machine with every permission',
  'an outsider whom the other organization invited',
  'an owner whom the other organization invited',
  'an owner who is a member of the other organization',
  'the same with a token for their own organization alone',
] as const
export type Kind = (typeof kinds)[number]

/** A plain member of the other organization sees it by right; for the rest it must not seem to exist. */
export const insider: Kind = 'an owner who is a member of the other organization'
/** Sees their own invitation to the other organization, and no more. */
export const invited: readonly Kind[] = [
  'an outsider whom the other organization invited',
  'an owner whom the other organization invited',
]

export interface Parties {
  readonly world: World
  readonly own: Side
  /** The other organization. */
  readonly foreign: Side
  readonly callers: Readonly<Record<Kind, Client>>
  /** The invitations of those whom the other organization invited. */
  readonly invitations: readonly string[]
  /** Known to everybody in `own`, because they share a third organization, but no member of it. */
  candidate(): Promise<string>
  machineCandidate(): Promise<string>
}

/** Two organizations that know nothing of one another, and each kind of caller. */
export async function openParties(world: World): Promise<Parties> {
  const [own, foreign] = [await openSide(world), await openSide(world)]
  const shared = await world.organization(await world.person())
  const template = await Promise.all(['Owner', 'Admin', 'Member'].map(name => world.roleId(name)))
  const [ownerRole = '', adminRole = '', memberRole = ''] = template
  const member = async (roleId: string) => {
    const person = await joined(world, own.organization, await world.person(), [roleId])
    await joined(world, shared, person, [memberRole])
    return person
  }
  const outsider = await world.person()
  const invitedOwner = await member(ownerRole)
  const bridge = await member(ownerRole)
  await joined(world, foreign.organization, bridge, [memberRole])
  await joined(world, shared, own.owner, [memberRole])
  const offered = [foreign.ids.OrganizationRole]
  return {
    world,
    own,
    foreign,
    callers: {
      anonymous: world.anonymous(),
      'a user without organizations': await signedIn(await world.person()),
      'a plain member': await member(memberRole),
      'an admin': await member(adminRole),
      'an owner': own.owner,
      'a machine with every permission': await machineIn(world, own, shared.id),
      'an outsider whom the other organization invited': await signedIn(outsider),
      'an owner whom the other organization invited': invitedOwner,
      'an owner who is a member of the other organization': bridge,
      'the same with a token for their own organization alone': await bound(
        ...([world, bridge, own.organization, everything] as const),
      ),
    },
    invitations: [
      await invitationTo(foreign.organization, foreign.owner, outsider.email, offered),
      await invitationTo(foreign.organization, foreign.owner, invitedOwner.email, offered),
    ],
    candidate: async () => (await joinedId(world, shared)).id(),
    machineCandidate: () => applicationIn(world, shared, 'A candidate'),
  }
}

const joinedId = async (world: World, shared: Parameters<typeof joined>[1]) =>
  joined(world, shared, await world.person(), [])

async function signedIn(person: Person): Promise<Person> {
  await person.id()
  return person
}

async function machineIn({ machine, operator, roleId }: World, own: Side, sharedId: string): Promise<Person> {
  const made = await machine()
  const applicationId = await made.id()
  const [organizationId, service] = [own.organization.id, await roleId('Service')]
  await operator.mutate('addMachineMember', { organizationId, applicationId, roleIds: [own.machineRoleId] })
  await operator.mutate('addMachineMember', { organizationId: sharedId, applicationId, roleIds: [service] })
  return made
}
