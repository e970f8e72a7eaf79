import { unseal } from '../auth/issuer/sealed.ts'
import type { DeriveKey } from '../auth/issuer/secret.ts'
import { statement } from '../db/statement.ts'
import type { Tx } from '../db/transaction.ts'
import type { SsoConnectorRow } from './sso-connector.loaders.ts'

const secretOf = statement(
  'sso_connector_secret',
  'select encrypted_secret as sealed from sso_connector where organization_id = $1 and id = $2',
)

/** The secret of a connector; empty where there is none. Of SAML, our keys (see saml/keys.ts). */
export async function readSecret(
  tx: Pick<Tx, 'rows'>,
  derive: DeriveKey,
  { organizationId, id }: Pick<SsoConnectorRow, 'organizationId' | 'id'>,
): Promise<string> {
  const [kept] = await tx.rows<{ sealed: string | null }>(secretOf, [organizationId, id])
  const sealed = kept?.sealed ?? null
  return sealed === null ? '' : unseal(sealed, derive('connector secrets'))
}
