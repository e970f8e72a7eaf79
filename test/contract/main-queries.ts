/** What clients ask most, for lists of this size. */
export function mainQueries(organizationId: string, size: number): Record<string, string> {
  const organization = `organization(by: { id: ${JSON.stringify(organizationId)} })`
  // At most 20 organizations with 10 members each, and 5 memberships of each member.
  const [wide, middle, narrow] = [size, size, size].map((one, index) => Math.min(one, [20, 10, 5][index] ?? 1))
  return {
    'an organization with members, users and roles': `{ ${organization} { name
      members(first: ${size}) { totalCount nodes { isOwner roles { name } principal { displayName ... on User { email } } } } } }`,
    'members with what the viewer may do with each': `{ ${organization} {
      members(first: ${size}) { nodes { permissions { key } viewerCanRemove viewerCanChangeRoles addedBy { displayName } } } } }`,
    'a search among the members': `{ ${organization} {
      members(first: ${size}, filter: { search: "member" }, orderBy: { field: DISPLAY_NAME, direction: ASC }) {
        totalCount nodes { principal { displayName } } } } }`,
    "the viewer's organizations with roles and member counts": `{ viewer { memberships(first: ${size}) { totalCount
      nodes { roles { name } organization { name slug members(first: 0) { totalCount } } } } } }`,
    'organizations, their members, their users, the memberships of each, their organizations': `{ viewer {
      memberships(first: ${wide}) { nodes { organization { name members(first: ${middle}) { nodes { principal { displayName
        memberships(first: ${narrow}) { nodes { organization { name } } } } } } } } } } }`,
    'invitations with inviters and roles': `{ ${organization} { invitations(first: ${size}) { totalCount
      nodes { email status viewerCanRevoke inviter { displayName } roles { name } } } } }`,
    "the viewer's own invitations": `{ viewer { invitations(first: ${size}) { totalCount
      nodes { organizationName organizationLogoUrl viewerCanAccept inviter { displayName } roles { name permissions { key } } } } } }`,
    'roles with permissions and holders': `{ ${organization} { roles { name permissions { key }
      memberCount(organizationId: ${JSON.stringify(organizationId)}) viewerCanUpdate
      viewerCanAssign(organizationId: ${JSON.stringify(organizationId)}) } } }`,
    'the audit log with actors': `{ ${organization} { auditEvents(first: ${size}) { totalCount
      nodes { action actor { displayName } changes { field after } } } } }`,
    'the template with all permissions': `{ organizationTemplate { roles { name permissions { key apiResource { audience } } }
      apiResources { audience permissions { key } } } }`,
  }
}
