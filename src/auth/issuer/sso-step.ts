import { clientAddress } from '../../client-address.ts'
import { usableConnector } from '../../sso/connector-at.ts'
import { finishSignIn } from '../../sso/finish-sign-in.ts'
import { type ConnectorHint, readConnectorHint } from '../../sso/login-hint.ts'
import { realmOf } from '../../sso/realm.ts'
import { startSignIn, type Whither } from '../../sso/start-sign-in.ts'
import { openWay, sealWay } from '../../sso/way.ts'
import { singleFactor } from './acr.ts'
import { finishLogin } from './finish-login.ts'
import { addressPage } from './pages/sign-in.ts'
import { goingPage, otherAccountPage } from './pages/sso.ts'
import { personAsked } from './person.ts'
import { emailOf } from './sign-in-codes.ts'
import { redirect, type Step, send } from './step.ts'
import { textsOf, timeOf } from './texts/locales.ts'

/**
 * Sends whoever has this address to the provider of their organization (home realm discovery). It tells whether the
 * domain is served, and nothing of the address. False where there is none.
 */
export async function goElsewhere(step: Step, email: string, emailKey: string): Promise<boolean> {
  const realm = await realmOf(step.services, emailKey)
  if (realm?.isUsable !== true) return false
  lead(step, { connectorId: realm.connectorId, email })
  return true
}

/**
 * Sends whoever comes with the hint of a connector there, without an address. Who is signed in is asked first: anybody can
 * put the hint of a connector of their own behind a link, and would have them work in an account that is not theirs.
 * False where it signs nobody in, and where a code was asked for meanwhile.
 * @param isConfirmed whether a form of ours says so
 */
export async function goHinted(step: Step, isConfirmed: boolean): Promise<boolean> {
  const { services, interaction, look, forms, request, response } = step
  const hint = readConnectorHint(interaction.params.login_hint)
  if (hint === null || request.method === 'HEAD') return false
  const found = await usableConnector(services, hint.connectorId)
  if (found === null || (!isConfirmed && (await emailOf(services, interaction.uid)) !== null)) return false
  const accountId = interaction.session?.accountId
  if (isConfirmed || accountId === undefined) lead(step, hint)
  else {
    const { email, displayName } = await personAsked(services, accountId)
    send(response, otherAccountPage(look, forms, email ?? displayName))
  }
  return true
}

/**
 * The page in between. It is there at once and stays while the provider is asked, however long that takes: the address
 * that it leads to starts the sign-in.
 */
function lead({ derive, interaction, look, forms, response }: Step, hint: ConnectorHint): void {
  const sealed = sealWay(derive, { ...hint, interaction: interaction.uid })
  send(response, goingPage(look, `${forms.path}/away?to=${sealed}`))
}

/** Starts the sign-in that the page in between leads to. False for an address that no page of ours has. */
export async function goAway(step: Step): Promise<boolean> {
  const { services, derive, interaction, look, forms, request, response } = step
  if (request.method !== 'GET') return false
  const { searchParams } = new URL(request.url ?? '/', services.config.publicUrl)
  const way = openWay(derive, searchParams.get('to') ?? '', interaction.uid)
  if (way === null) return false
  const whither = await startSignIn(services, { ...way, ipAddress: clientAddress(services.config, request) })
  if (whither.kind === 'HERE') return false
  if (whither.kind === 'THERE') redirect(response, whither.url)
  else
    send(response, addressPage(look, forms, { email: way.email ?? '', ...problemOf(step, whither), offersCode: true }))
  return true
}

function problemOf({ look }: Step, whither: Exclude<Whither, { kind: 'HERE' | 'THERE' }>) {
  const texts = textsOf(look.locale)
  return whither.kind === 'DOWN'
    ? { problem: texts.providerDown, status: 502 }
    : { problem: texts.tooManyStarts(timeOf(whither.retryAt)), status: 429 }
}

/**
 * Ends a sign-in that went to a provider. This is the browser that began it: it has the cookie of the interaction. False
 * where nothing came back, or it was used.
 */
export async function comeBack(step: Step): Promise<boolean> {
  const { services, interaction, look, forms, request, response } = step
  // To look at the head of a page ends nothing.
  if (request.method !== 'GET') return false
  const finished = await finishSignIn(services, {
    ...{ interaction: interaction.uid, ipAddress: clientAddress(services.config, request) },
  })
  if (finished.kind === 'NOTHING') return false
  if (finished.kind === 'REFUSED') {
    const problem = textsOf(look.locale).ssoRefused[finished.reason]
    send(response, addressPage(look, forms, { email: '', problem, status: 403, offersCode: true }))
  } else await finishLogin(step, { accountId: finished.principalId, amr: finished.methods, acr: singleFactor })
  return true
}
