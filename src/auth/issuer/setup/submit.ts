import type { DocumentNode } from 'graphql'
import { encodeNodeId } from '../../../graphql/ids.ts'
import type { OpenSetupLink } from '../../../sso-setup-links/use.ts'
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

/** What each form does, and where its page goes on. */
const actions: Readonly<Record<string, (step: SetupStep, form: URLSearchParams) => Promise<void>>> = {
  claim: (step, form) =>
    apply(step, form, changes.claim, 'domains', { ...inPlace(step.link), domain: form.get('domain') ?? '' }),
  check: (step, form) =>
    apply(step, form, changes.check, 'domains', { emailDomainId: form.get('emailDomainId') ?? '' }),
  connect,
  change: (step, form) =>
    toConnector(step, form, 'test', connector => ({ settings: changedSettings(connector, form) })),
  serve: (step, form) => toConnector(step, form, 'provider', () => ({ emailDomainIds: form.getAll('emailDomainIds') })),
  test,
  finish,
}

/** Whether there is such a form. */
export const isAction = (action: string) => Object.hasOwn(actions, action)

/** Does what a form of the page asks for: what the API does for the maker of the link, and nothing that has no form. */
export async function submit(step: SetupStep, action: string, form: URLSearchParams): Promise<void> {
  await actions[action]?.(step, form)
}

const inPlace = ({ organizationId }: OpenSetupLink) => ({
  organizationId: encodeNodeId('Organization', organizationId),
})

/** Runs it, and shows the page again: anew where it was done, with what was typed where it was not. */
async function apply(
  step: SetupStep,
  form: URLSearchParams,
  document: DocumentNode,
  place: string,
  input: object,
): Promise<void> {
  const changed = await run(step, document, input)
  if (!changed.isDone) return show(step, form, changed.problems)
  const choice = choiceIn(form)
  redirect(
    step.response,
    `/sso/setup/connector${choice === null ? '' : `?${new URLSearchParams({ ...choice })}`}#${place}`,
  )
}

function run({ services, link, ipAddress }: SetupStep, document: DocumentNode, input: object): Promise<Changed> {
  return change(services, { caller: link.caller, ipAddress }, document, input)
}

async function connect(step: SetupStep, form: URLSearchParams): Promise<void> {
  const choice = choiceIn(form)
  if (choice === null) return show(step, form, [])
  const settings = newSettings(choice, form)
  const emailDomainIds = form.getAll('emailDomainIds')
  const input = { ...inPlace(step.link), name: form.get('name') ?? '', settings, emailDomainIds }
  return apply(step, form, changes.connect, 'provider', input)
}

/** What is done to the one connector of the link. Its id comes from the link, and never from a form. */
async function toConnector(
  step: SetupStep,
  form: URLSearchParams,
  place: string,
  more: (connector: SetupConnector) => object,
): Promise<void> {
  const { connector } = step.state
  if (connector === null) return show(step, form, [])
  return apply(step, form, changes.update, place, { ssoConnectorId: connector.id, ...more(connector) })
}

/** By a page: browsers hold the redirects of a form to the origins that its page names. */
async function test(step: SetupStep, form: URLSearchParams): Promise<void> {
  const { connector } = step.state
  if (connector === null) return show(step, form, [])
  const changed = await run(step, changes.test, { ssoConnectorId: connector.id })
  if (!changed.isDone) return show(step, form, changed.problems)
  send(step.response, goingPage(step.look, changed.url ?? ''))
}

async function finish(step: SetupStep, form: URLSearchParams): Promise<void> {
  const { connector } = step.state
  const first: Problem = { field: null, message: textsOf(step.look.locale).setup.onFirst }
  if (connector === null || connector.testedAt === null) return show(step, form, [first])
  const changed = await run(step, changes.update, { ssoConnectorId: connector.id, isEnabled: true })
  if (!changed.isDone) return show(step, form, changed.problems)
  send(step.response, donePage(step.look, connector.name))
}
