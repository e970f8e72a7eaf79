import * as policy from '../auth/domain-policy.ts'
import { holdsToChange } from '../auth/policy.ts'
import { builder } from '../graphql/builder.ts'
import { present, presentOne, required } from '../graphql/present.ts'
import { EmailDomainRef, OrganizationRef } from '../graphql/refs.ts'
import { nullWithout } from '../graphql/scopes.ts'
import { UserErrorRef } from '../graphql/user-errors.schema.ts'
import {
  DomainAlreadyClaimedError,
  DomainLimitReachedError,
  DomainNotVerifiedError,
  DomainTakenError,
} from './errors.ts'
import { dnsRecordOf, type DnsRecord as Record } from './proof.ts'

const EmailDomainStatus = builder.enumType('EmailDomainStatus', {
  description: 'Whether an organization has proved that a domain is its own. Only VERIFIED counts for anything.',
  values: {
    PENDING: { description: 'It is claimed, and nothing more.' },
    VERIFIED: { description: 'It is proved, and no other organization can prove it.' },
    LAPSED: { description: 'It was proved once, but the record is gone, or the proof was taken away.' },
  } as const,
})

const DnsRecord = builder.objectRef<Record>('DnsRecord').implement({
  description: 'A TXT record for the name servers of a domain.',
  fields: t => ({
    name: t.exposeString('name', { description: 'Where to put it, as a whole name: `_tenantry.acme.com`.' }),
    value: t.exposeString('value', { description: 'What it has to say, all of it. Other records may be there too.' }),
  }),
})

builder.node(EmailDomainRef, {
  description: 'A domain of email addresses that an organization claims.',
  id: { resolve: claim => claim.id },
  loadMany: (ids, context) =>
    present(ids, context.load.emailDomainById, async row => (await policy.seeEmailDomain(context, row)) === null),
  fields: t => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'Whose claim it is.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
    domain: t.exposeString('domain', {
      description: 'In lower-case ASCII: `acme.com` itself, or `*.acme.com` for every domain below it.',
    }),
    status: t.field({ type: EmailDomainStatus, description: 'How far the proof is.', resolve: claim => claim.status }),
    isVouchedFor: t.exposeBoolean('isVouchedFor', {
      description: 'Whether an operator said that it is theirs; no record is asked for then.',
    }),
    dnsRecord: t.field({
      type: DnsRecord,
      description: 'The record that proves it, for as long as it is there. It is of this claim alone.',
      resolve: dnsRecordOf,
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was claimed.', resolve: claim => claim.createdAt }),
    verifiedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was proved, of a lapsed one too; null while it is pending.',
      resolve: claim => claim.verifiedAt,
    }),
    lastCheckedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the DNS last answered, whatever it said; null when it never did.',
      resolve: claim => claim.lastCheckedAt,
    }),
    viewerCanManage: t.boolean({
      description: 'Whether the viewer may prove it and give it up.',
      resolve: async (claim, _args, context) => (await policy.manageEmailDomain(context, claim)) === null,
    }),
  }),
})

builder.objectField(OrganizationRef, 'emailDomains', t =>
  t.field({
    type: [EmailDomainRef],
    ...nullWithout('domain:read'),
    description:
      'The domains that it claims, at most 100, by name, in every state. Requires `domain:read`; null without it.',
    resolve: async ({ id }, _args, { load }) => [...(await load.emailDomainsByOrganization.load(id))],
  }),
)
builder.objectField(OrganizationRef, 'viewerCanAddEmailDomain', t =>
  t.boolean({
    description: 'Whether the viewer may claim a domain for it.',
    resolve: async ({ id }, _args, context) => (await holdsToChange(context, id, 'domain:manage')) === null,
  }),
)

builder.objectType(DomainAlreadyClaimedError, {
  name: 'DomainAlreadyClaimedError',
  description: 'The organization claims the domain already.',
  interfaces: [UserErrorRef],
  fields: t => ({
    emailDomain: t.field({
      type: EmailDomainRef,
      nullable: true,
      description: 'The claim that is there; null for who may not see it.',
      resolve: ({ emailDomainId }, _args, context) =>
        presentOne(
          emailDomainId,
          context.load.emailDomainById,
          async row => (await policy.seeEmailDomain(context, row)) === null,
        ),
    }),
  }),
})
builder.objectType(DomainLimitReachedError, {
  name: 'DomainLimitReachedError',
  description: 'The organization claims as many domains as it may.',
  interfaces: [UserErrorRef],
  fields: t => ({ limit: t.exposeInt('limit', { description: 'How many that is.' }) }),
})
builder.objectType(DomainTakenError, {
  name: 'DomainTakenError',
  description: 'Another organization has proved the domain. Which one is not said.',
  interfaces: [UserErrorRef],
})
builder.objectType(DomainNotVerifiedError, {
  name: 'DomainNotVerifiedError',
  description: 'A domain is not proved: the DNS does not say what it has to, did not answer, or was not asked yet.',
  interfaces: [UserErrorRef],
  fields: t => ({
    expected: t.field({
      type: DnsRecord,
      description: 'The record that has to be there.',
      resolve: error => error.expected,
    }),
    found: t.stringList({
      description: 'What the TXT records at that name say instead; empty when there are none, or nobody looked.',
      resolve: error => [...error.found],
    }),
  }),
})
