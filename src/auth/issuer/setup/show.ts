import type { ServerResponse } from 'node:http'
import type { Services } from '../../../context.ts'
import { addressesOf } from '../../../sso/protocols.ts'
import type { OpenSetupLink } from '../../../sso-setup-links/use.ts'
import type { Look } from '../pages/layout.ts'
import { setupPage } from '../pages/setup.ts'
import type { Problem } from '../pages/setup-parts.ts'
import { send } from '../step.ts'
import { textsOf } from '../texts/locales.ts'
import type { SetupState } from './read.ts'
import { choiceIn } from './settings.ts'

/** A request of a browser that came with a setup link which is open. */
export interface SetupStep {
  readonly services: Services
  readonly response: ServerResponse
  readonly look: Look
  readonly link: OpenSetupLink
  readonly state: SetupState
  readonly token: string
  readonly ipAddress: string | null
}

/** A form that was refused: what it was to do, and what is wrong with it. */
interface Refused {
  readonly action: string
  readonly problems: readonly Problem[]
}

/** The page as it is now; with what was refused, and what was typed there. */
export function show(step: SetupStep, said: URLSearchParams, refused: Refused | null): void {
  const { services, response, look, link, state, token } = step
  const typed = new URLSearchParams(refused === null ? '' : said)
  // What is secret is typed again.
  typed.delete('clientSecret')
  const view = {
    ...{ texts: textsOf(look.locale), locale: look.locale, token, state, typed },
    ...{ refused: refused?.action ?? null, problems: refused?.problems ?? [] },
    ...{ choice: choiceIn(said), expiresAt: link.expiresAt },
    addresses: addressesOf(services.config.publicUrl, link.connectorId),
  }
  send(response, setupPage(look, view))
}
