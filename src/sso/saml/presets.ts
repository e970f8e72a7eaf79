import { type AttributeMapping, attributePresets } from './attribute-mapping.ts'
import type { SamlPresetName } from './settings.ts'

/** How a well-known provider is connected by SAML. */
export interface SamlPreset {
  /** With the parts to fill in in angle brackets; null where the provider gives its metadata as a file alone. */
  readonly metadataUrlPattern: string | null
  readonly attributes: AttributeMapping
  readonly steps: readonly string[]
}

const lastSteps = ['Test the connector with an account of your domain, then switch it on.']

export const samlPresets: Readonly<Record<SamlPresetName, SamlPreset>> = {
  MICROSOFT_ENTRA_ID: {
    metadataUrlPattern:
      'https://login.microsoftonline.com/<tenant id>/federationmetadata/2007-06/federationmetadata.xml?appid=<application id>',
    attributes: attributePresets.entraId,
    steps: [
      'In the Entra admin center, create an enterprise application of your own (non-gallery), and choose SAML for its single sign-on.',
      'Create the connector here with the App Federation Metadata Url of its section SAML Certificates.',
      'Under Basic SAML Configuration, set Identifier to the entityId of the connector and Reply URL to its assertionConsumerServiceUrl.',
      'Under Attributes & Claims, set the Unique User Identifier to user.objectid with the format persistent, and add a claim for groups if roles follow from them.',
      'Assign the people who may sign in.',
      ...lastSteps,
    ],
  },
  OKTA: {
    metadataUrlPattern: 'https://<your domain>.okta.com/app/<application id>/sso/saml/metadata',
    attributes: attributePresets.okta,
    steps: [
      'In the Okta admin console, create an app integration: SAML 2.0. It asks for a single sign-on URL and an audience: enter any address with https for now.',
      'Add the attribute statements email (user.email), firstName (user.firstName) and lastName (user.lastName), and a group attribute statement groups if roles follow from them.',
      'Create the connector here with the metadata URL of its tab Sign On.',
      'Back in the SAML settings, set Single sign-on URL to the assertionConsumerServiceUrl of the connector and Audience URI to its entityId. Set Name ID format to Persistent.',
      'Assign the people who may sign in.',
      ...lastSteps,
    ],
  },
  GOOGLE_WORKSPACE: {
    metadataUrlPattern: null,
    attributes: attributePresets.googleWorkspace,
    steps: [
      'In the Google admin console, add a custom SAML app under Web and mobile apps, and download its IdP metadata.',
      'Create the connector here with the text of that file.',
      'Go on there: set ACS URL to the assertionConsumerServiceUrl of the connector and Entity ID to its entityId, and tick Signed response only if you want both signed.',
      'Map Primary email to email, First name to firstName and Last name to lastName, and add groups under Group membership if roles follow from them.',
      'Turn the app on for the people who may sign in.',
      ...lastSteps,
    ],
  },
}
