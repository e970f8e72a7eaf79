import { gatewayPermissionKeys } from '../../src/auth/permissions.ts'
import type { Client } from './client.ts'
import { memberWith, operatorWith } from './holders.ts'
import type { Person, TestOrganization, World } from './world.ts'

type MakeViewer = (world: World, organization: TestOrganization) => Promise<Person>

const asMember =
  (roles: string[]): MakeViewer =>
  (_world, organization) =>
    organization.member({ roles })

/** One of each kind of viewer an organization can have: for tables in which a rule is held against all of them. */
export const viewers: [name: string, make: MakeViewer][] = [
  ['another owner', asMember(['Owner'])],
  ['an admin', asMember(['Admin'])],
  ['a member', asMember(['Member'])],
  ['a member without roles', asMember([])],
  ...gatewayPermissionKeys.map((key): [string, MakeViewer] => [
    `a member with ${key} alone`,
    (_world, organization) => memberWith(organization, [key]),
  ]),
  ...gatewayPermissionKeys
    .filter(key => key !== 'member:read')
    .map((key): [string, MakeViewer] => [
      `a member with member:read and ${key}`,
      (_world, organization) => memberWith(organization, ['member:read', key]),
    ]),
  ['a foreigner', async world => world.person()],
  ['an operator', async world => world.operator],
  ['an operator who only reads', async world => operatorWith(world, ['ORGANIZATIONS_READ'])],
  ['an operator who only writes', async world => operatorWith(world, ['ORGANIZATIONS_WRITE'])],
]

/**
 * Whether a mutation is the viewer's to make: it went through, or came to a typed outcome that is not about rights.
 * What is neither that nor a refusal fails the test.
 */
export async function permits(viewer: Client, name: string, input: object): Promise<boolean> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  const answer = await viewer.send(`mutation($input: ${type}) { ${name}(input: $input) { __typename } }`, { input })
  const code = answer.errors[0]?.extensions.code
  if (code === 'FORBIDDEN' || code === 'NOT_FOUND') return false
  if (code !== undefined) throw new Error(`${name} failed: ${JSON.stringify(answer)}`)
  return answer.data?.[name].__typename !== 'PermissionEscalationError'
}
