import type { Browser, Shown } from '../kit/browser.ts'
import type { IssuerWorld } from '../kit/sign-in.ts'
import { employee, signInThrough, ssoWorld } from './connectors.ts'
import { samlWorld, sendForms, signInBySaml } from './saml-connectors.ts'
import { openSetup } from './setup-links.ts'

type Options = NonNullable<Parameters<typeof ssoWorld>[0]>
type Tokens = Awaited<ReturnType<typeof signInThrough>>['tokens']

/** What differs between the protocols, for whoever goes the whole way; all else is one. */
export interface Way {
  readonly w: IssuerWorld & { browser(): Browser }
  /** Fills in the settings on the page of a setup link, and has the provider know of us. */
  connect(browser: Browser, emailDomainId: string): Promise<Shown>
  /** Starts the test on the page, and goes through it. */
  tryIt(browser: Browser, page: Shown): Promise<Shown>
  /** Who is at the provider next, and in which groups. */
  person(email: string, groups?: string[]): void
  /** From the address to the tokens. */
  signIn(email: string): Promise<{ tokens: Tokens; browser: Browser }>
  /** The address that the provider was given with the last sign-in. */
  hint(): string | null
}

const nameOf = (email: string) => email.split('@')[0] ?? ''

export async function oidcWay(options: Options): Promise<Way> {
  const w = await ssoWorld(options)
  return {
    w,
    async connect(browser, emailDomainIds) {
      const { issuer, clientId, clientSecret } = w.idp
      const filled = { name: 'The provider', issuer, clientId, clientSecret, emailDomainIds }
      return browser.submit(await openSetup(browser, 'OTHER', 'OIDC'), '/connect', filled)
    },
    tryIt: (browser, page) => browser.submit(page, '/test'),
    person(email, groups = []) {
      w.idp.person = employee(email, { sub: email, name: nameOf(email), groups })
    },
    signIn: email => signInThrough(w, email),
    hint: () => w.idp.asked.at(-1)?.get('login_hint') ?? null,
  }
}

export async function samlWay(options: Options): Promise<Way> {
  const w = await samlWorld(options)
  return {
    w,
    async connect(browser, emailDomainIds) {
      const page = await openSetup(browser, 'OTHER', 'SAML')
      const [, metadata = ''] = /<code>([^<]+)<\/code>[^<]*<\/dd>\s*<\/dl>/.exec(page.html) ?? []
      const filled = { name: 'The provider', metadataUrl: w.idp.metadataUrl, metadataXml: '', emailDomainIds }
      const connected = await browser.submit(page, '/connect', filled)
      w.idp.serviceProvider = await (await fetch(metadata)).text()
      return connected
    },
    tryIt: async (browser, page) => sendForms(browser, await browser.submit(page, '/test')),
    person(email, groups = []) {
      w.idp.person = { nameId: email, attributes: { email: [email], displayName: [nameOf(email)], groups } }
    },
    signIn: email => signInBySaml(w, email),
    hint: () => w.idp.asked.at(-1)?.loginHint ?? null,
  }
}
