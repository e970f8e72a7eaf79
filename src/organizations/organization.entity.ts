import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'

/** A tenant. Deleting is soft: `deletedAt` hides it until `purgesAt`. */
export const Organization = defineEntity({
  name: 'Organization',
  tableName: 'organization',
  properties: {
    id: p.uuid().primary(),
    slug: p.text(),
    name: p.text(),
    description: p.text().nullable(),
    customData: p.json<JsonObject>(),
    logoUrl: p.text().nullable(),
    primaryColor: p.text().nullable(),
    seatLimit: p.integer().nullable(),
    invitationsTakeSeats: p.boolean().default(false),
    version: p.integer().default(1),
    createdBy: p.uuid().nullable(),
    createdAt: p.datetime(3),
    deletedAt: p.datetime(3).nullable(),
    purgesAt: p.datetime(3).nullable(),
  },
})
export type Organization = InferEntity<typeof Organization>

/** A slug that an organization has, or had and is still found by: of all organizations together each one once. */
export const OrganizationSlug = defineEntity({
  name: 'OrganizationSlug',
  tableName: 'organization_slug',
  properties: {
    organizationId: p.uuid().primary(),
    slug: p.text().primary(),
    /** Null for the slug that the organization has. */
    leadsUntil: p.datetime(3).nullable(),
  },
})

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}
