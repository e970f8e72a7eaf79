import { isDeepStrictEqual } from 'node:util'
import type { Draft } from '../draft.ts'
import type { SsoConnectorRow } from '../sso-connector.loaders.ts'
import type { SamlSettings } from './settings.ts'

const HOURS = 6

/** When metadata and certificates are looked at again. */
export const nextLookAt = (now: Date) => new Date(now.getTime() + HOURS * 3_600_000)

/**
 * Whether other settings are but other certificates of the same provider, one of which was there before: then people sign
 * in without a break, and nothing needs a new test (SSO-8).
 */
export function isRotation(before: SsoConnectorRow, after: Draft): boolean {
  if (before.protocol !== 'SAML' || after.protocol !== 'SAML') return false
  const known = new Set(before.settings.provider.certificates.map(one => one.fingerprint))
  return (
    before.trustsEmail === after.trustsEmail &&
    isDeepStrictEqual(withoutCertificates(before.settings), withoutCertificates(after.settings)) &&
    after.settings.provider.certificates.some(one => known.has(one.fingerprint))
  )
}

/** Where the metadata came from is nothing to test, either. */
const withoutCertificates = ({ metadataUrl: _from, provider, ...settings }: SamlSettings) => ({
  ...settings,
  provider: { ...provider, certificates: [] },
})
