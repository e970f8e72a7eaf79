/** That a sign-in went through a connector: among the methods (`amr`) of the session, and of the tokens that come of it. */
export const ssoMethod = 'sso'

/** That it went through this one. */
export const connectorMethod = (id: string) => `urn:tenantry:connector:${id}`
const factorMethod = (id: string) => `${connectorMethod(id)}:mfa`

/**
 * The methods of a sign-in through this connector. What the provider says of a second factor is said under the name of
 * the connector, so that it counts for the organizations that use it, and for no other.
 */
export function methodsOfConnector(id: string, isMultiFactor: boolean): string[] {
  return [ssoMethod, connectorMethod(id), ...(isMultiFactor ? [factorMethod(id)] : [])]
}

/** What another issuer says of a sign-in, without what is ours to say. */
export const methodsOfOthers = (methods: readonly string[]) =>
  methods.filter(method => method !== ssoMethod && !method.startsWith('urn:tenantry:'))

/** The connectors that a sign-in went through, by what its methods say. */
export const connectorsIn = (methods: readonly string[]): string[] =>
  methods.flatMap(method => /^urn:tenantry:connector:([0-9a-f-]{36})$/.exec(method)?.[1] ?? [])

/** Whether the sign-in went through one of these connectors. */
export const isThrough = (methods: readonly string[], ids: readonly string[]) =>
  ids.some(id => methods.includes(connectorMethod(id)))

/** Whether one of these connectors showed a second factor. */
export const showsFactor = (methods: readonly string[], ids: readonly string[]) =>
  ids.some(id => methods.includes(factorMethod(id)))
