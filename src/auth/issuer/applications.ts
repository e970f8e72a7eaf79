import { z } from 'zod'
import { plainUrl } from '../../mail/redirect.ts'

const webAddress = z
  .string()
  .refine(text => plainUrl(text) !== null && !text.includes('*'), 'must be a web address, spelled as a browser does')
// RFC 8252, section 7.1: a scheme of one's own is a domain in reverse order, so that it is nobody else's.
const privateScheme = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:\/[^\s#]*$/, 'must be a scheme such as com.example.app:/')

/** By which the issuer begins the page of an account: no product's. */
export const accountClientId = 'tenantry-account'

const common = {
  clientId: z
    .string()
    .regex(/^[\w.~-]{1,128}$/, 'must be letters, digits, . ~ - _')
    .refine(id => id !== accountClientId, 'is taken by the issuer itself'),
  name: z.string().trim().min(1).max(128),
  /** Somebody else's product: whoever signs in is asked first. */
  isThirdParty: z.boolean().default(false),
}
const inBrowser = {
  redirectUris: z.array(webAddress).min(1),
  postLogoutRedirectUris: z.array(webAddress).default([]),
  /** Where it begins a sign-in that was asked for elsewhere (OpenID Connect Core, section 4). */
  initiateLoginUri: webAddress.optional(),
}
const native = z.union([webAddress, privateScheme])

const application = z.discriminatedUnion('kind', [
  /** A page without a server of its own: no secret. */
  z.strictObject({ kind: z.literal('SPA'), ...common, ...inBrowser }),
  /** A server that keeps a secret. */
  z.strictObject({
    kind: z.literal('WEB'),
    ...common,
    ...inBrowser,
    secret: z.string().min(32, 'must have at least 32 characters').max(512),
  }),
  /** A program on a device: no secret; redirects to loopback at any port, or to a scheme of its own. */
  z.strictObject({
    kind: z.literal('NATIVE'),
    ...common,
    redirectUris: z.array(native).min(1),
    postLogoutRedirectUris: z.array(native).default([]),
  }),
])

/** A product that signs people in at the built-in issuer. */
export type Application = z.infer<typeof application>

/** The public client that a development deployment has by itself. */
export const developmentClientId = 'development'

// RFC 8252, section 7.3: for a native application any port of a loopback address will do.
export function developmentApplication(publicUrl: string): Application & { readonly initiateLoginUri: string } {
  const loopback = ['http://127.0.0.1/', 'http://127.0.0.1/callback', 'http://localhost/', 'http://localhost/callback']
  return {
    kind: 'NATIVE',
    clientId: developmentClientId,
    name: 'Development',
    isThirdParty: false,
    redirectUris: [...loopback, `${publicUrl}/sign-in`, `${publicUrl}/invitation`],
    initiateLoginUri: `${publicUrl}/sign-in`,
    postLogoutRedirectUris: ['http://127.0.0.1/', 'http://localhost/', `${publicUrl}/sign-in`],
  }
}

/** The form of APPLICATIONS. No message repeats the value: it holds secrets. */
export const applications = z.string().transform((text, context): Application[] => {
  const fail = (why: string) => {
    const form =
      '{clientId, name, kind, redirectUris, postLogoutRedirectUris?, initiateLoginUri?, secret?, isThirdParty?}'
    context.addIssue({ code: 'custom', message: `must be a JSON list of ${form}: ${why}` })
    return z.NEVER
  }
  const given = readJson(text)
  if (given === undefined) return fail('it is not JSON')
  const parsed = z.array(application).safeParse(given)
  if (!parsed.success) return fail(z.prettifyError(parsed.error).replaceAll('\n', ' '))
  const ids = parsed.data.map(one => one.clientId)
  return new Set(ids).size === ids.length ? parsed.data : fail('a clientId is there twice')
})

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
