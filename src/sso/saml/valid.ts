import { z } from 'zod'
import { notVisible, visibleText } from '../../text.ts'
import { type AttributeMapping, attributePresets } from './attribute-mapping.ts'
import type { SamlPresetName } from './settings.ts'

const names = z
  .array(
    z
      .string()
      .trim()
      .min(1, 'A name has at least 1 character.')
      .max(256, 'At most 256 characters.')
      .regex(visibleText, notVisible),
  )
  .max(10, 'At most 10 names.')
  .nullish()
const url = z.string().trim().max(2048, 'At most 2,048 characters.').refine(isHttps, 'This is no address with https.')

function isHttps(text: string): boolean {
  return URL.parse(text)?.protocol === 'https:'
}

/** The settings of SAML as an admin gives them. */
export const samlGiven = z.object({
  metadata: z
    .object({
      url: url.optional(),
      xml: z
        .string()
        .max(2 ** 20, 'At most 1,048,576 characters.')
        .optional(),
    })
    .transform(({ url, xml }): MetadataGiven => {
      if (url !== undefined) return { url }
      if (xml !== undefined) return { xml }
      throw new TypeError('metadata from nowhere')
    }),
  preset: z.enum(['MICROSOFT_ENTRA_ID', 'OKTA', 'GOOGLE_WORKSPACE']).nullish(),
  attributes: z
    .object({
      ...{ subject: names, email: names, name: names, givenName: names, familyName: names },
      ...{ picture: names, groups: names, methods: names },
    })
    .nullish(),
  trustsEmail: z.boolean().nullish(),
})
export type MetadataGiven = { url: string } | { xml: string }
export type SamlGiven = z.output<typeof samlGiven>

/** What providers send, by the name of the preset. */
const presets: Readonly<Record<SamlPresetName, AttributeMapping>> = {
  MICROSOFT_ENTRA_ID: attributePresets.entraId,
  OKTA: attributePresets.okta,
  GOOGLE_WORKSPACE: attributePresets.googleWorkspace,
}

/** The names of attributes that are meant: those that are given, and for the rest those of the preset. */
export function attributesOf({ preset, attributes }: Pick<SamlGiven, 'preset' | 'attributes'>): AttributeMapping {
  const given = Object.entries(attributes ?? {}).filter(([, one]) => one != null)
  return { ...(preset == null ? attributePresets.default : presets[preset]), ...Object.fromEntries(given) }
}
