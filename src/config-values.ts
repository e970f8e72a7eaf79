/** The forms that values of the environment have. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { isWithin } from './sso/fetch/public-address.ts'
import { emailKey } from './users/email.ts'

export const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform(value => value === 'true' || value === '1')
export const list = z.string().transform(text =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== ''),
)
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max))
export const origins = list.pipe(
  z.array(
    z
      .string()
      .refine(
        text => text === '*' || (URL.parse(text)?.origin === text && !text.includes('*')),
        'must name origins, such as https://app.example',
      ),
  ),
)

/** Addresses and networks (`10.0.0.0/8`), as a check for whether an address is one of them. */
export const networks = list.transform((texts, context) => {
  try {
    return isWithin(texts.map(networkOf))
  } catch {
    context.addIssue({ code: 'custom', message: 'must name addresses or networks, such as 10.0.0.0/8' })
    return z.NEVER
  }
})

function networkOf(text: string): string {
  const [address = '', bits] = text.split('/', 2)
  if (isIP(address) === 0) throw new TypeError('no address')
  return `${address}/${bits ?? (isIP(address) === 6 ? 128 : 32)}`
}

export const operators = list.pipe(
  z.array(
    z
      .string()
      .refine(
        text => emailKey(text) !== null || URL.canParse(/^(\S+) +\S/.exec(text)?.[1] ?? ''),
        'must name operators as "issuer subject", such as https://id.example.com 4711, or by an email address',
      ),
  ),
)

const issuer = z.strictObject({
  /** The exact `iss` of its tokens. */
  issuer: z.url(),
  /** What `aud` must contain. */
  audience: z.string().min(1),
  /** Where its keys are; absent: read from the issuer's discovery document. */
  jwksUri: z.url().optional(),
  /** Signature algorithms taken from it; symmetric ones are never possible. */
  algorithms: z
    .array(z.enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']))
    .min(1)
    .default(['RS256', 'PS256', 'ES256', 'EdDSA']),
})
export type TrustedIssuer = z.infer<typeof issuer>

export const issuers = z.string().transform((text, context) => {
  try {
    return z.array(issuer).parse(JSON.parse(text))
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : 'it is not JSON'
    context.addIssue({
      code: 'custom',
      message: `must be a JSON list of {issuer, audience, jwksUri?, algorithms?}: ${why}`,
    })
    return z.NEVER
  }
})
