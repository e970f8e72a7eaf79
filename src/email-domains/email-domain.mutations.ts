import { z } from 'zod'
import * as policy from '../auth/domain-policy.ts'
import { settleMembers } from '../auth/membership-policy.ts'
import type { Context } from '../context.ts'
import { InvalidInputError, LastOwnerError } from '../errors.ts'
import { inOrganization } from '../graphql/guards.ts'
import { encodeNodeId, idOf } from '../graphql/ids.ts'
import { type Guard, mutation } from '../graphql/mutation.ts'
import { required } from '../graphql/present.ts'
import { EmailDomainRef, MembersFateEnum, OrganizationRef } from '../graphql/refs.ts'
import type { MembersFate } from '../members/provisioned.ts'
import { emailDomain } from '../users/email-domain.ts'
import type { EmailDomainRow } from './email-domain.loaders.ts'
import { addEmailDomain, removeEmailDomain } from './email-domain.service.ts'
import {
  DomainAlreadyClaimedError,
  DomainLimitReachedError,
  DomainNotVerifiedError,
  DomainTakenError,
} from './errors.ts'
import { holdLook } from './look-limit.ts'
import { findProof } from './proof.ts'
import { setEmailDomainVerified, verifyEmailDomain } from './verify.ts'

const claim = ({ emailDomainId }: { emailDomainId: string }, _args: object, { load }: Context) =>
  required(load.emailDomainById.load(emailDomainId))

/** What is done to the claim that the input names, under this rule. */
const ofClaim = <Input extends { emailDomainId: string }>(
  rule: Guard<Input, EmailDomainRow>['rule'],
): Guard<Input, EmailDomainRow> => ({
  noun: 'email domain',
  find: (ask, { emailDomainId }) => ask.load.emailDomainById.load(emailDomainId),
  rule,
})

mutation('addEmailDomain', {
  description:
    'Claims a domain of email addresses. Nothing comes of it until it is proved by its `dnsRecord`. Requires `domain:manage`.',
  input: t => ({
    organizationId: t.field({ ...idOf('Organization'), required: true, description: 'For which organization.' }),
    domain: t.string({
      required: true,
      description:
        'At most 253 characters: `acme.com`, or `*.acme.com` for every domain below it. Not one of a public mail provider, and none that is reserved for special use.',
    }),
  }),
}).does({
  valid: z.object({ domain: emailDomain }),
  guard: inOrganization('domain:manage'),
  errors: [InvalidInputError, DomainAlreadyClaimedError, DomainLimitReachedError],
  run: addEmailDomain,
  payload: t => ({
    emailDomain: t.field({
      type: EmailDomainRef,
      nullable: true,
      description: 'The new claim, with the record that proves it; null without `domain:read`.',
      resolve: async (outcome, args, context) => {
        const row = await claim(outcome, args, context)
        return (await policy.seeEmailDomain(context, row)) === null ? row : null
      },
    }),
  }),
})

mutation('verifyEmailDomain', {
  description:
    'Looks for the `dnsRecord` of a claim; with it, the domain is proved. Nobody else can prove it then. RATE_LIMITED where it was looked up too often lately: `extensions.retryAfter` says in how many seconds, `extensions.retryAt` when. Requires `domain:read` and `domain:manage`.',
  input: t => ({ emailDomainId: t.field({ ...idOf('EmailDomain'), required: true, description: 'Which claim.' }) }),
}).does({
  guard: ofClaim(policy.manageEmailDomain),
  errors: [DomainNotVerifiedError, DomainTakenError],
  ahead: async (services, found) => {
    await holdLook(services, found)
    return findProof(services.lookUpTxt, found)
  },
  run: (tx, _input, target, finding) => verifyEmailDomain(tx, target, finding),
  payload: t => ({
    emailDomain: t.field({ type: EmailDomainRef, description: 'The claim as it is now.', resolve: claim }),
  }),
})

mutation('setEmailDomainVerified', {
  description:
    'Declares a claimed domain proved, without a record, until it is removed. For operators with `organizations:write`, who decide between two organizations by it.',
  input: t => ({
    emailDomainId: t.field({ ...idOf('EmailDomain'), required: true, description: 'Which claim.' }),
    takesOver: t.boolean({
      description: 'Whether another organization that has proved the domain loses the proof. Not unless it is said.',
    }),
  }),
}).does({
  guard: ofClaim(policy.vouchForEmailDomain),
  errors: [DomainTakenError],
  run: (tx, { takesOver }, target) => setEmailDomainVerified(tx, target, takesOver === true),
  payload: t => ({
    emailDomain: t.field({ type: EmailDomainRef, description: 'The claim as it is now.', resolve: claim }),
  }),
})

mutation('removeEmailDomain', {
  description:
    'Gives a claim up, with its proof. Requires `domain:read` and `domain:manage`; for the members, what suspending or removing each of them does.',
  input: t => ({
    emailDomainId: t.field({ ...idOf('EmailDomain'), required: true, description: 'Which claim.' }),
    members: t.field({
      type: MembersFateEnum,
      description:
        'What becomes of `provisionedMembers`. They are kept unless it is said; whoever does this stays as they are.',
    }),
  }),
}).does({
  guard: ofClaim<{ emailDomainId: string; members?: MembersFate | null | undefined }>(
    async (ask, found, { members: fate }) =>
      (await policy.manageEmailDomain(ask, found)) ??
      settleMembers(
        ask,
        { organizationId: found.organizationId, fate: fate ?? 'KEEP' },
        fate == null ? [] : await ask.load.membersByEmailDomain.load(found.id),
      ),
  ),
  errors: [InvalidInputError, LastOwnerError],
  run: (tx, { members }, target) => removeEmailDomain(tx, target, members ?? 'KEEP'),
  payload: t => ({
    settledMembersCount: t.exposeInt('settledMembersCount', {
      description: 'How many members were suspended or removed.',
    }),
    removedEmailDomainId: t.id({
      description: 'The id that it had.',
      resolve: ({ removedEmailDomainId }) => encodeNodeId('EmailDomain', removedEmailDomainId),
    }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization as it is now.',
      resolve: ({ organizationId }, _args, { load }) => required(load.organizationById.load(organizationId)),
    }),
  }),
})
