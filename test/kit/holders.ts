import { randomUUID } from 'node:crypto'
import type { Member, Person, TestOrganization, World } from './world.ts'

/** A new member who holds exactly these gateway permissions, by a custom role of their own. */
export async function memberWith(organization: TestOrganization, permissions: string[]): Promise<Member> {
  const name = `Holds ${randomUUID()}`
  await organization.customRole(permissions, { name })
  return organization.member({ roles: [name] })
}

/** A new operator who holds exactly these management permissions. */
export async function operatorWith({ person, operator }: World, permissions: string[]): Promise<Person> {
  const made = await person()
  await operator.mutate('setManagementPermissions', { principalId: await made.id(), permissions })
  return made
}

/** The id of something of this type that does not exist. */
export function missingId(type: string): string {
  return Buffer.from(`${type}:${randomUUID()}`).toString('base64url')
}
