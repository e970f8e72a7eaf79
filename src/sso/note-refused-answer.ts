import type { Tx } from '../db/transaction.ts'
import { noteConnector } from './sso-connector.service.ts'

/** Why an answer is refused before anybody looks into it, in words for the audit log. */
const reasons = {
  REPLAYED: 'The answer was brought before, and is taken once.',
  WRONG_CONNECTOR: 'The answer was brought to the address of another connector than the one that was asked.',
  UNSOLICITED: 'Nobody asked for the answer, and the connector does not allow a sign-in to begin with one.',
} as const

/** Tells the organization of a connector of an answer that was refused. The transaction acts there. */
export async function noteRefusedAnswer(tx: Tx, connectorId: string, reason: keyof typeof reasons): Promise<void> {
  const connector = await tx.load.ssoConnectorById.load(connectorId)
  if (connector === null) return
  noteConnector(tx, 'SSO_SIGN_IN_REFUSED', connector, [
    { field: 'reason', before: null, after: `${reason}: ${reasons[reason]}` },
    ...(reason === 'UNSOLICITED' ? [{ field: 'startedAt', before: null, after: 'PROVIDER' }] : []),
  ])
}
