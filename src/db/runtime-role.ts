/** The role that serves requests: it owns no table and is subject to row-level security. */
export const runtimeRole = 'tenantry_app'
