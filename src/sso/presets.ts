import type { AttributeMapping } from './protocol.ts'
import { usual } from './valid.ts'

/** How a well-known provider is connected: what to fill in, and what to do there. */
export interface SsoPreset {
  readonly provider: 'MICROSOFT_ENTRA_ID' | 'OKTA' | 'GOOGLE_WORKSPACE'
  readonly name: string
  /** With the parts to fill in in angle brackets. */
  readonly issuerPattern: string
  readonly scopes: readonly string[]
  readonly attributes: AttributeMapping
  /** Whether the provider does not say of addresses that they are verified. */
  readonly trustsEmail: boolean
  readonly steps: readonly string[]
}

const lastSteps = [
  'Create the connector here, and give the provider its redirectUri.',
  'Test the connector with an account of your domain, then switch it on.',
]

export const ssoPresets: readonly SsoPreset[] = [
  {
    provider: 'MICROSOFT_ENTRA_ID',
    name: 'Microsoft Entra ID',
    issuerPattern: 'https://login.microsoftonline.com/<tenant id>/v2.0',
    scopes: usual.scopes,
    attributes: usual.attributes,
    trustsEmail: true,
    steps: [
      'In the Entra admin center, register an application for accounts in this organizational directory only.',
      'Make a client secret, and note its value, the application (client) id and the directory (tenant) id.',
      'Under token configuration, add the optional claim email to the ID token, and groups if roles follow from them.',
      ...lastSteps,
    ],
  },
  {
    provider: 'OKTA',
    name: 'Okta',
    issuerPattern: 'https://<your domain>.okta.com',
    scopes: [...usual.scopes, 'groups'],
    attributes: usual.attributes,
    trustsEmail: false,
    steps: [
      'In the Okta admin console, create an app integration: OIDC, web application, authorization code.',
      'Assign the people who may sign in, and note the client id and the client secret.',
      'If roles follow from groups, add a groups claim to the ID token.',
      ...lastSteps,
    ],
  },
  {
    provider: 'GOOGLE_WORKSPACE',
    name: 'Google Workspace',
    issuerPattern: 'https://accounts.google.com',
    scopes: usual.scopes,
    attributes: usual.attributes,
    trustsEmail: false,
    steps: [
      'In the Google Cloud console of your organization, set the OAuth consent screen to internal.',
      'Create an OAuth client id for a web application, and note the client id and the client secret.',
      ...lastSteps,
    ],
  },
]
