import type { DocumentNode } from 'graphql'
import { encodeNodeId } from '../../../graphql/ids.ts'
import { donePage } from '../pages/setup.ts'
import type { Problem } from '../pages/setup-parts.ts'
import { goingPage } from '../pages/sso.ts'
import { redirect, send } from '../step.ts'
import { textsOf } from '../texts/locales.ts'
import { type Changed, change, changes } from './changes.ts'
import type { SetupConnector } from './read.ts'
import { changedSettings, choiceIn, newSettings } from './settings.ts'
import type { SetupStep } from './show.ts'
import { show } from './show.ts'

/** A form of the page that was sent. */
interface Sent extends SetupStep {
  readonly action: string
  readonly form: URLSearchParams
}

/** What each form does, and where its page goes on. */
const actions: Readonly<Record<string, (sent: Sent) => Promise<void>>> = {
  claim: sent => apply(sent, changes.claim, 'domains', { ...placeOf(sent), domain: sent.form.get('domain') ?? '' }),
  check: sent => apply(sent, changes.check, 'domains', { emailDomainId: sent.form.get('emailDomainId') ?? '' }),
  connect,
  change: sent => toConnector(sent, 'test', connector => ({ settings: changedSettings(connector, sent.form) })),
  serve: sent => toConnector(sent, 'provider', () => ({ emailDomainIds: sent.form.getAll('emailDomainIds') })),
  test,
  finish,
}

/** Whether there is such a form. */
export const isAction = (action: string) => Object.hasOwn(actions, action)

/** Does what a form of the page asks for: what the API does for the maker of the link, and nothing that has no form. */
export async function submit(step: SetupStep, action: string, form: URLSearchParams): Promise<void> {
  await actions[action]?.({ ...step, action, form })
}

const placeOf = ({ link }: Sent) => ({ organizationId: encodeNodeId('Organization', link.organizationId) })
const refuse = (sent: Sent, problems: readonly Problem[]) => show(sent, sent.form, { action: sent.action, problems })

/** Runs it, and shows the page again: anew where it was done, with what was typed where it was not. */
async function apply(sent: Sent, document: DocumentNode, place: string, input: object): Promise<void> {
  const changed = await run(sent, document, input)
  if (!changed.isDone) return refuse(sent, changed.problems)
  const choice = choiceIn(sent.form)
  const query = choice === null ? '' : `?${new URLSearchParams({ ...choice })}`
  redirect(sent.response, `/sso/setup/connector${query}#${place}`)
}

function run({ services, link, ipAddress }: Sent, document: DocumentNode, input: object): Promise<Changed> {
  return change(services, { caller: link.caller, ipAddress }, document, input)
}

async function connect(sent: Sent): Promise<void> {
  const { form } = sent
  const choice = choiceIn(form)
  if (choice === null) return show(sent, form, null)
  const settings = newSettings(choice, form)
  const emailDomainIds = form.getAll('emailDomainIds')
  return apply(sent, changes.connect, 'provider', {
    ...{ ...placeOf(sent), name: form.get('name') ?? '', settings, emailDomainIds },
  })
}

/** What is done to the one connector of the link. Its id comes from the link, and never from a form. */
async function toConnector(sent: Sent, place: string, more: (connector: SetupConnector) => object): Promise<void> {
  const { connector } = sent.state
  if (connector === null) return show(sent, sent.form, null)
  return apply(sent, changes.update, place, { ssoConnectorId: connector.id, ...more(connector) })
}

/** By a page: browsers hold the redirects of a form to the origins that its page names. */
async function test(sent: Sent): Promise<void> {
  const { connector } = sent.state
  if (connector === null) return show(sent, sent.form, null)
  const changed = await run(sent, changes.test, { ssoConnectorId: connector.id })
  if (!changed.isDone) return refuse(sent, changed.problems)
  send(sent.response, goingPage(sent.look, changed.url ?? ''))
}

async function finish(sent: Sent): Promise<void> {
  const { connector } = sent.state
  if (connector === null || connector.testedAt === null)
    return refuse(sent, [{ field: null, message: textsOf(sent.look.locale).setup.onFirst }])
  const changed = await run(sent, changes.update, { ssoConnectorId: connector.id, isEnabled: true })
  if (!changed.isDone) return refuse(sent, changed.problems)
  send(sent.response, donePage(sent.look, connector.name))
}
