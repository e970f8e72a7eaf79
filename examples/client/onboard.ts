import type { Client } from './client.ts'
import {
  AcceptInvitation,
  AssignableRoles,
  ChangeMemberRoles,
  CreateOrganization,
  InviteMember,
  Members,
  MyInvitations,
  WhoAmI,
} from './operations.ts'

/** What was wanted was refused, by a rule that a person can do something about. */
export class Refused extends Error {}

export interface Onboarding {
  founder: Client
  colleague: Client
  /** What to call the organization, and the short name to try first. */
  name: string
  slug: string
  say(line: string): void
}

/** A founder creates an organization and invites a colleague, who accepts and is made an admin. */
export async function onboard({ founder, colleague, name, slug, say }: Onboarding): Promise<void> {
  const [host, guest] = await Promise.all([whoIs(founder), whoIs(colleague)])
  say(`${host.name} <${host.email}> is signed in, and ${guest.name} <${guest.email}> elsewhere.`)

  const organization = await createOrganization(founder, name, slug)
  say(`${host.name} created ${organization.name}, known as ${organization.slug}.`)

  const invitation = await invite(founder, organization.id, guest.email)
  say(`${guest.name} is invited until ${invitation.expiresAt.slice(0, 10)}.`)

  for (const offer of await offersTo(colleague))
    say(
      `${guest.name} finds an invitation to ${offer.organizationName} by ${offer.inviter?.displayName ?? 'somebody'}.`,
    )
  const membershipId = await accept(colleague, invitation.id)
  say(`${guest.name} accepted.`)

  const roles = await giveRole(founder, { organizationId: organization.id, membershipId, roleName: 'Admin' })
  say(`${guest.name} now has the roles ${roles.join(' and ')}.`)

  say(`The members of ${organization.name}:`)
  for await (const member of membersOf(founder, organization.id))
    say(`  ${member.principal.displayName} (${member.roles.map(role => role.name).join(', ')})`)
}

async function whoIs(client: Client) {
  const { viewer } = await client.run(WhoAmI)
  if (viewer === null) throw new Refused('The token is missing.')
  // Machines sign in here, too; they have no address to be invited at.
  if (!('email' in viewer.principal) || viewer.principal.email === null)
    throw new Refused(`${viewer.principal.displayName} has no email address.`)
  return { name: viewer.principal.displayName, email: viewer.principal.email }
}

async function createOrganization(founder: Client, name: string, slug: string) {
  const { createOrganization: result } = await founder.run(CreateOrganization, { input: { name, slug } })
  switch (result.__typename) {
    case 'CreateOrganizationPayload':
      // Null only for an operator who creates one for somebody else.
      if (result.organization === null) throw new Refused('The organization is not yours to see.')
      return result.organization
    case 'SlugTakenError':
      return createOrganization(founder, name, result.suggestion)
    case 'InvalidInputError':
      throw new Refused(describe(result))
    default:
      // Errors to come are handled, too: each has a message for people.
      throw new Refused(result.message)
  }
}

async function invite(founder: Client, organizationId: string, email: string) {
  const { inviteMember: result } = await founder.run(InviteMember, { input: { organizationId, email } })
  switch (result.__typename) {
    case 'InviteMemberPayload':
    case 'AlreadyInvitedError':
      // Null only for one who may invite and not see invitations.
      if (result.invitation === null)
        throw new Refused('The address is invited already, by an invitation that is not yours to see.')
      return result.invitation
    case 'InvalidInputError':
      throw new Refused(describe(result))
    default:
      throw new Refused(result.message)
  }
}

/** They see them without being a member of anything. */
async function offersTo(colleague: Client) {
  const { viewer } = await colleague.run(MyInvitations)
  return viewer?.invitations.nodes ?? []
}

async function accept(colleague: Client, id: string): Promise<string> {
  const { acceptInvitation: result } = await colleague.run(AcceptInvitation, { input: { invitation: { id } } })
  switch (result.__typename) {
    case 'AcceptInvitationPayload':
      return result.membership.id
    case 'EmailMismatchError':
      throw new Refused(`The invitation is for ${result.maskedEmail}: sign in with that address.`)
    case 'InvitationClosedError':
      throw new Refused(`The invitation is ${result.status.toLowerCase()}: ask for a new one.`)
    default:
      throw new Refused(result.message)
  }
}

interface RoleGift {
  organizationId: string
  membershipId: string
  roleName: string
}

async function giveRole(founder: Client, { organizationId, membershipId, roleName }: RoleGift): Promise<string[]> {
  const { organization } = await founder.run(AssignableRoles, { organizationId })
  const role = organization?.roles.find(one => one.name === roleName && one.viewerCanAssign)
  if (role === undefined) throw new Refused(`There is no role ${roleName} that you may give.`)
  const input = { membershipId, addRoleIds: [role.id] }
  const { changeMemberRoles: result } = await founder.run(ChangeMemberRoles, { input })
  switch (result.__typename) {
    case 'ChangeMemberRolesPayload':
      return result.membership.roles.map(one => one.name)
    case 'PermissionEscalationError':
      throw new Refused(`You lack ${result.missing.map(permission => permission.key).join(', ')}.`)
    case 'InvalidInputError':
      throw new Refused(describe(result))
    default:
      throw new Refused(result.message)
  }
}

/** Every member, page after page. */
async function* membersOf(client: Client, organizationId: string) {
  let after: string | null = null
  do {
    const page = await memberPage(client, organizationId, after)
    yield* page.nodes
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
}

async function memberPage(client: Client, organizationId: string, after: string | null) {
  const { organization } = await client.run(Members, { organizationId, after })
  const members = organization?.members ?? null
  if (members === null) throw new Refused('You may not see the members.')
  return members
}

function describe({ issues }: { issues: { path: string[]; message: string }[] }): string {
  return issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('\n')
}
