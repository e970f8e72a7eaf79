import type { Client } from '../../kit/client.ts'
import { uuidOf } from '../../kit/journal.ts'
import { withClient } from '../../kit/server.ts'
import type { World } from '../../kit/world.ts'
import { word } from '../isolation/own-values.ts'
import { anApiResource, domainOf, secretOf } from '../isolation/side.ts'

/** Something that only operators do or see, the management permissions it needs, and how it is done. */
export interface Deed {
  readonly name: string
  readonly needs: readonly string[]
  readonly does: (by: Client) => Promise<unknown>
}

/** Deeds of operators, each with what is new enough to be done by one operator after the other. */
export async function deedsIn(world: World): Promise<Deed[]> {
  const userId = async () => (await world.person()).id()
  const applicationId = async () => (await world.machine()).id()
  const organizationId = world.acme.id
  const deleted = async () => {
    const made = await world.organization(world.owner)
    await world.operator.mutate('deleteOrganization', { organizationId: made.id })
    return { organizationId: made.id }
  }
  return [
    read('organizations', ['ORGANIZATIONS_READ']),
    read('users', ['USERS_READ']),
    read('machineApplications', ['USERS_READ']),
    read('auditEvents', ['AUDIT_READ']),
    read('operators', ['MANAGEMENT_WRITE']),
    read('mailTemplates', ['TEMPLATE_WRITE']),
    read('developmentMailbox', ['MANAGEMENT_WRITE']),
    mutate('createMachineApplication', ['APPLICATIONS_WRITE'], () => ({ name: word() })),
    mutate('updateMachineApplication', ['APPLICATIONS_WRITE'], async () => ({
      ...{ applicationId: await applicationId(), name: word() },
    })),
    mutate('deleteMachineApplication', ['APPLICATIONS_WRITE'], async () => ({ applicationId: await applicationId() })),
    mutate('createApplicationSecret', ['APPLICATIONS_WRITE'], async () => ({ applicationId: await applicationId() })),
    mutate('revokeApplicationSecret', ['APPLICATIONS_WRITE'], async () => ({
      secretId: await secretOf(await applicationId(), world.operator, word()),
    })),
    mutate('setApplicationKeys', ['APPLICATIONS_WRITE'], async () => ({
      ...{ applicationId: await applicationId(), jwks: { keys: [] } },
    })),
    mutate('setManagementPermissions', ['MANAGEMENT_WRITE', 'USERS_READ'], async () => ({
      ...{ principalId: await userId(), permissions: [] },
    })),
    mutate('deleteUser', ['USERS_WRITE', 'USERS_READ'], async () => ({ userId: await userId() })),
    mutate('removeSecondFactor', ['USERS_WRITE', 'USERS_READ'], async () => ({ userId: await withFactor(world) })),
    mutate('removePasskeys', ['USERS_WRITE', 'USERS_READ'], async () => ({ userId: await withPasskey(world) })),
    mutate('createOrganization', ['ORGANIZATIONS_WRITE'], async () => ({ name: word(), ownerId: await userId() })),
    mutate('updateOrganization', ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'], () => ({
      ...{ organizationId, description: word() },
    })),
    mutate('setSeatLimit', ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'], () => ({ organizationId, seatLimit: 1000 })),
    mutate('setJitCeiling', ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'], () => ({ organizationId })),
    mutate('setEmailDomainVerified', ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'], async () => ({
      emailDomainId: await domainOf(world.acme, world.owner, `${word()}.com`),
    })),
    mutate('restoreOrganization', ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'], deleted),
    mutate('purgeOrganization', ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'], deleted),
    mutate('inviteMember', ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'], () => ({
      ...{ organizationId, email: `${word()}@people.test` },
    })),
    mutate('inviteMembers', ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ'], () => ({
      ...{ organizationId, invitations: [{ email: `${word()}@people.test` }] },
    })),
    mutate('addMember', ['ORGANIZATIONS_WRITE', 'ORGANIZATIONS_READ', 'USERS_READ'], async () => ({
      ...{ organizationId, userId: await userId() },
    })),
    ...templateDeeds(world),
  ]
}

/** The id of a new user who has a second factor, as the pages of the issuer write it. */
async function withFactor(world: World): Promise<string> {
  const id = await (await world.person()).id()
  await withClient(world.databaseUrl, client =>
    client.query("insert into second_factor values ($1, 'sealed', 0, 0, now(), now())", [uuidOf(id)]),
  )
  return id
}

/** The id of a new user who has a passkey, as the page of the account writes it. */
async function withPasskey(world: World): Promise<string> {
  const id = await (await world.person()).id()
  await withClient(world.databaseUrl, client =>
    client.query(
      `insert into passkey values (gen_random_uuid(), $1::uuid, $1::text, '', 0, '{}', gen_random_uuid(), false, 'Laptop', now(), null)`,
      [uuidOf(id)],
    ),
  )
  return id
}

function templateDeeds(world: World): Deed[] {
  const { operator } = world
  const made = async (mutation: string, input: object, type: string): Promise<string> => {
    const payload = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Payload`
    return (await operator.mutate(mutation, input, `... on ${payload} { ${type} { id } }`))[type].id
  }
  const aRole = () => ({ name: word(), permissionIds: [] })
  const roleId = () => made('createTemplateRole', aRole(), 'role')
  const aPermission = () => ({ key: `${word()}:read`, description: 'Reads.' })
  const permissionId = () => made('createPermission', aPermission(), 'permission')
  const inputs: Record<string, () => object | Promise<object>> = {
    createTemplateRole: aRole,
    updateRole: async () => ({ roleId: await roleId(), name: word() }),
    deleteRole: async () => ({ roleId: await roleId() }),
    updateOrganizationTemplate: () => ({}),
    createPermission: aPermission,
    updatePermission: async () => ({ permissionId: await permissionId(), description: word() }),
    deletePermission: async () => ({ permissionId: await permissionId() }),
    setMailTemplate: () => ({ kind: 'INVITATION', locale: 'de', subject: word(), text: '{{link}}', html: '{{link}}' }),
    resetMailTemplate: () => ({ kind: 'INVITATION', locale: 'de' }),
    createApiResource: () => ({ audience: `https://${word()}.test`, name: word() }),
    updateApiResource: async () => ({ apiResourceId: await anApiResource(world), name: word() }),
    deleteApiResource: async () => ({ apiResourceId: await anApiResource(world) }),
  }
  const previews = { previewRoleChange: 'permissionIds: []', previewRoleDeletion: '' }
  return [
    ...Object.entries(inputs).map(([name, input]) => mutate(name, ['TEMPLATE_WRITE'], input)),
    {
      ...{ name: 'previewPermissionDeletion', needs: ['TEMPLATE_WRITE'] },
      does: async (by: Client) =>
        by.query(`{ previewPermissionDeletion(permissionId: "${await permissionId()}") { memberCount } }`),
    },
    {
      ...{ name: 'previewApiResourceDeletion', needs: ['TEMPLATE_WRITE'] },
      does: async (by: Client) =>
        by.query(`{ previewApiResourceDeletion(apiResourceId: "${await anApiResource(world)}") { memberCount } }`),
    },
    ...Object.entries(previews).map(([name, more]) => ({
      ...{ name, needs: ['TEMPLATE_WRITE'] },
      does: async (by: Client) => by.query(`{ ${name}(roleId: "${await roleId()}" ${more}) { memberCount } }`),
    })),
  ]
}

const read = (name: string, needs: readonly string[]): Deed => ({
  name,
  needs,
  does: by => by.query(`{ ${name} { __typename } }`),
})

const mutate = (name: string, needs: readonly string[], input: () => object | Promise<object>): Deed => ({
  name,
  needs,
  async does(by) {
    const { __typename: outcome } = await by.mutate(name, await input())
    if (!outcome.endsWith('Payload')) throw new Error(`${name} came to ${outcome}`)
  },
})
