import { UserError } from '../errors.ts'

/** How many hold a role, which stays as long as they do. */
export interface RoleUse {
  readonly members: number
  readonly invitations: number
  readonly links: number
  /** In how many organizations just-in-time provisioning gives it. */
  readonly jitDefaults: number
  /** For how many groups of identity providers it stands. */
  readonly groupMappings: number
}

/** The permissions of the role were changed since the client saw the preview whose fingerprint it sent. */
export class RoleChangedError extends UserError {
  readonly roleId: string
  constructor(roleId: string) {
    super('Somebody else changed the role meanwhile. Look at the preview again, then repeat your change.')
    this.roleId = roleId
  }
}

/** The organization has as many custom roles as it may have (TPL-9). */
export class RoleLimitReachedError extends UserError {
  readonly limit: number
  constructor(limit: number) {
    super(`The organization has ${limit} custom roles; that is the most one organization may have here.`)
    this.limit = limit
  }
}

/** The template holds as much of something as it can (TPL-4). */
export class TemplateLimitReachedError extends UserError {
  readonly limit: number
  constructor(what: string, limit: number) {
    super(`The template has ${limit} ${what}; that is the most it can have.`)
    this.limit = limit
  }
}

/** Somebody or something holds the role, and no replacement was named (TPL-6). */
export class RoleInUseError extends UserError {
  readonly roleId: string
  readonly use: RoleUse
  constructor(roleId: string, use: RoleUse) {
    const { members, invitations, links, jitDefaults, groupMappings } = use
    super(
      `${members} members, ${invitations} pending invitations, ${links} active links, the just-in-time provisioning of ${jitDefaults} organizations and ${groupMappings} mappings of groups hold it. Name a replacement.`,
    )
    this.roleId = roleId
    this.use = use
  }
}

/** Groups of an identity provider decide these roles of a member, at each sign-in: by hand they are not changed (SSO-6). */
export class RoleManagedByGroupsError extends UserError {
  readonly roleIds: readonly string[]
  constructor(roleIds: readonly string[]) {
    super('The identity provider decides these roles by its groups, at each sign-in. Change the groups there.')
    this.roleIds = roleIds
  }
}
