import { anonymous, type Caller } from '../auth/actor.ts'
import type { Services } from '../context.ts'
import { statement } from '../db/statement.ts'
import { type Tx, transaction } from '../db/transaction.ts'
import { lockOrganization } from '../organizations/lock.ts'
import { isOpenIn, mayGoOn } from '../sso-setup-links/began-with.ts'
import type { StepName } from './protocol.ts'
import type { ConnectorTest, SsoConnectorRow, TestStep } from './sso-connector.loaders.ts'
import { noteConnector } from './sso-connector.service.ts'
import type { Outcome } from './started.ts'
import { mayStillManage } from './test-starter.ts'
import { addressOf, isServed } from './usable-address.ts'

const system = { actor: anonymous, ipAddress: null }

const keep = statement(
  'keep_sso_test',
  `update sso_connector set last_test = $4, tested_at = coalesce($5, tested_at)
   where organization_id = $1 and id = $2 and revision = $3 returning id`,
)

const passed: Readonly<Record<StepName, string>> = {
  DISCOVERY: 'The provider says where and how to sign in.',
  RESPONSE: 'The provider sent the browser back.',
  TOKENS: 'The provider said who it is, and every check of it passed.',
  EMAIL: 'There is an address, and it counts.',
  DOMAIN: 'The connector serves the domain of the address, and it is proved.',
}

/** A test sign-in that came back. */
interface Ended {
  readonly outcome: Outcome
  /** Who started it; null where that is not known. */
  readonly startedBy: Caller | null
}

/**
 * Keeps how a test sign-in went; one that passed lets the connector be used, with the settings that were tested (SSO-1). One
 * that was started through a setup link counts for nothing once that is closed (SSO-9), and any other once whoever started it
 * may not manage the connector.
 */
export async function settleTest(
  services: Services,
  connector: SsoConnectorRow,
  { outcome, startedBy }: Ended,
): Promise<ConnectorTest> {
  const { organizationId, id, revision } = connector
  const link = startedBy?.setupLink === undefined ? null : { organizationId, id: startedBy.setupLink.id }
  const goesOn =
    link === null
      ? startedBy !== null && (await mayStillManage(services, startedBy, connector))
      : await mayGoOn(services, link)
  return transaction(services, system, async tx => {
    await tx.enter(organizationId)
    await lockOrganization(tx, organizationId)
    const counts = goesOn && (link === null || (await isOpenIn(tx, link)))
    const failure = counts ? await failureOf(tx, connector, outcome) : link === null ? mayNot : linkClosed
    const test: ConnectorTest = {
      at: tx.now.toISOString(),
      isPassed: failure === null,
      steps: stepsTo(failure),
      attributes: counts && outcome.isGood ? outcome.identity.attributes : [],
    }
    const values = [organizationId, id, revision, JSON.stringify(test), failure === null ? tx.now : null]
    if (!counts || (await tx.rows(keep, values)).length > 0)
      noteConnector(tx, 'SSO_CONNECTOR_TESTED', connector, [
        { field: 'outcome', before: null, after: failure === null ? 'PASSED' : `${failure.name}: ${failure.message}` },
      ])
    return test
  })
}

type Failure = Omit<TestStep, 'isPassed'>

const linkClosed: Failure = {
  name: 'RESPONSE',
  message: 'The setup link that the test was started through is closed. It counts for nothing.',
}

const mayNot: Failure = {
  name: 'RESPONSE',
  message: 'Whoever started the test may not manage the connector any more. It counts for nothing.',
}

async function failureOf(tx: Tx, connector: SsoConnectorRow, outcome: Outcome): Promise<Failure | null> {
  if (!outcome.isGood) return { name: outcome.step, message: outcome.message }
  const { identity } = outcome
  const address = addressOf(identity, connector)
  if (address === 'EMAIL_MISSING')
    return {
      name: 'EMAIL',
      message: `There is no address in ${[connector.settings.attributes.email].flat().join(', ')}.`,
    }
  if (address === 'EMAIL_NOT_VERIFIED')
    return {
      name: 'EMAIL',
      message:
        identity.isEmailVerified === false
          ? 'The provider says that the address is not verified.'
          : 'The provider does not say that the address is verified, and the connector does not trust it.',
    }
  if (await isServed(tx, address.key, connector)) return null
  return {
    name: 'DOMAIN',
    message:
      'The address is of no proved domain that this connector serves. Sign in with one that is, or add its domain.',
  }
}

/** Every step before the one that failed went well; none was made after it. */
function stepsTo(failure: Failure | null): TestStep[] {
  const names = Object.keys(passed) as StepName[]
  const made = failure === null ? names : names.slice(0, names.indexOf(failure.name))
  const steps = made.map(name => ({ name, isPassed: true, message: passed[name] }))
  return failure === null ? steps : [...steps, { ...failure, isPassed: false }]
}
