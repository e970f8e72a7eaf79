/** What a code by mail comes to: one factor. */
export const singleFactor = 'urn:tenantry:acr:single-factor'
/** A code by mail, and one of the program on the user's device; or a passkey, which is had and unlocked. */
export const multiFactor = 'urn:tenantry:acr:multi-factor'

/** Whether a request asks for two factors, and would not be content with one. */
export function asksMultiFactor({ acr_values: values }: Readonly<Record<string, unknown>>): boolean {
  const named = typeof values === 'string' ? values.split(' ') : []
  return named.includes(multiFactor) && !named.includes(singleFactor)
}
