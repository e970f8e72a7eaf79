import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { testClock } from '../kit/clock.ts'
import { missingId } from '../kit/holders.ts'
import { written } from '../kit/journal.ts'
import { newestToken } from '../kit/mail.ts'
import { refusalOf } from '../kit/people.ts'
import { actionsOf, nothing } from '../kit/rows.ts'
import { type Person, world } from '../kit/world.ts'
import { accept, decline, invite, revoke } from './offers.ts'

const preview = `query($token: String!) { invitationPreview(token: $token) {
  organizationName organizationLogoUrl inviterName roleNames maskedEmail status expiresAt } }`
const answers = `... on AcceptInvitationPayload { invitation { status } membership { roles { name } } }
  ... on InvitationClosedError { status } ... on EmailMismatchError { maskedEmail }`
const declines = `... on DeclineInvitationPayload { invitation { status } }
  ... on InvitationClosedError { status } ... on EmailMismatchError { maskedEmail }`
const unknown = () => randomBytes(32).toString('base64url')

/** Somebody who was invited and has the link of their mail. */
async function linked(options: Parameters<typeof world>[0] = { isolated: true }) {
  const w = await world(options)
  const invitee = await w.person()
  const id = await invite(w.owner, w.acme, invitee.email)
  const token = await newestToken(w, invitee.email)
  return { w, invitee, id, token, input: { invitation: { token } } }
}

describe('the preview of a link', () => {
  test('shows anybody what the mail said, and nothing else (INV-10, INV-13)', async () => {
    const { w, invitee, token } = await linked()
    const { organization } = await w.owner.query('query($id: ID!) { organization(by: { id: $id }) { name } }', {
      id: w.acme.id,
    })
    const shown = await w.anonymous().query(preview, { token })
    expect(shown).toMatchObject({
      invitationPreview: {
        organizationName: organization.name,
        organizationLogoUrl: null,
        inviterName: expect.any(String),
        roleNames: ['Member'],
        maskedEmail: `${invitee.email.charAt(0)}***@people.test`,
        status: 'PENDING',
      },
    })
    expect(JSON.stringify(shown)).not.toContain(invitee.email)
  })

  test.each(['', 'x', unknown(), `${unknown()}x`, "' or true --"])('is null for %j, without an error', async token => {
    const { anonymous } = await world()
    expect(await anonymous().send(preview, { token })).toEqual({
      status: 200,
      data: { invitationPreview: null },
      errors: [],
    })
  })

  const over = { organizationLogoUrl: null, inviterName: null, roleNames: [], maskedEmail: null }

  test.each<[string, (by: { owner: Person; invitee: Person; id: string }) => Promise<unknown>]>([
    ['ACCEPTED', ({ invitee, id }) => accept(invitee, id)],
    ['DECLINED', ({ invitee, id }) => decline(invitee, id)],
    ['REVOKED', ({ owner, id }) => revoke(owner, id)],
  ])('says of one that is %s no more than that (INV-13)', async (status, end) => {
    const { w, invitee, id, token } = await linked()
    await end({ owner: w.owner, invitee, id })
    const shown = await w.anonymous().query(preview, { token })
    expect(shown).toMatchObject({ invitationPreview: { status, ...over } })
  })

  test('tells of expiry at the very moment, and of nothing else from then on (INV-1, INV-13)', async () => {
    const clock = testClock()
    const { w, token } = await linked({ clock, isolated: true })
    clock.advance({ days: 7 })
    const shown = await w.anonymous().query(preview, { token })
    expect(shown).toMatchObject({ invitationPreview: { status: 'EXPIRED', ...over } })
  })

  test('of a deleted organization is null (ORG-6)', async () => {
    const { w, token } = await linked()
    await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    expect(await w.anonymous().query(preview, { token })).toEqual({ invitationPreview: null })
  })
})

describe('by the token of the link', () => {
  test('the invited accepts, once (INV-7, INV-8)', async () => {
    const { invitee, input } = await linked()
    expect(await invitee.mutate('acceptInvitation', input, answers)).toMatchObject({
      __typename: 'AcceptInvitationPayload',
      invitation: { status: 'ACCEPTED' },
      membership: { roles: [{ name: 'Member' }] },
    })
    expect(await invitee.mutate('acceptInvitation', input, answers)).toMatchObject({
      __typename: 'InvitationClosedError',
      status: 'ACCEPTED',
    })
  })

  test('the invited declines, once', async () => {
    const { invitee, input } = await linked()
    expect(await invitee.mutate('declineInvitation', input, declines)).toMatchObject({
      invitation: { status: 'DECLINED' },
    })
    expect(await invitee.mutate('declineInvitation', input, declines)).toMatchObject({ status: 'DECLINED' })
  })

  test('of two who accept at once with one link, one becomes a member, 25 times over (INV-8)', {
    timeout: 240_000,
  }, async () => {
    const w = await world({ isolated: true })
    const invitees = await Promise.all(Array.from({ length: 25 }, () => w.person()))
    for (const { email } of invitees) await invite(w.owner, w.acme, email)
    for (const invitee of invitees) {
      const input = { invitation: { token: await newestToken(w, invitee.email) } }
      const both = await Promise.all([1, 2].map(() => invitee.mutate('acceptInvitation', input, answers)))
      expect(both.map(one => one.__typename).sort()).toEqual(['AcceptInvitationPayload', 'InvitationClosedError'])
    }
  })

  test.each([
    ['acceptInvitation', answers],
    ['declineInvitation', declines],
  ])(
    'somebody with another address learns in part whom it is for: %s changes nothing (INV-7)',
    async (name, selection) => {
      const { w, invitee, input } = await linked()
      for (const other of [await w.person(), w.owner, await w.machine()]) {
        const { result, ...journal } = await written(w, () => other.mutate(name, input, selection))
        expect(result).toMatchObject({
          __typename: 'EmailMismatchError',
          maskedEmail: `${invitee.email.charAt(0)}***@people.test`,
        })
        expect(JSON.stringify(result)).not.toContain(invitee.email)
        expect(actionsOf(journal)).toEqual(nothing)
      }
    },
  )

  test('nobody answers without signing in', async () => {
    const { w, input } = await linked()
    for (const name of ['acceptInvitation', 'declineInvitation'])
      expect(await w.anonymous().refusal(name, input)).toBe('UNAUTHENTICATED')
  })

  test('a wrong token is as good as a wrong id, whatever it looks like', async () => {
    const w = await world()
    const person = await w.person()
    const byId = await refusalOf(person, 'acceptInvitation', { invitation: { id: missingId('Invitation') } })
    expect(byId.extensions.code).toBe('NOT_FOUND')
    for (const token of [unknown(), '', 'x', "' or true --", 'a'.repeat(10_000)])
      expect(await refusalOf(person, 'acceptInvitation', { invitation: { token } })).toEqual(byId)
  })

  test('an invitation to a deleted organization is not there (ORG-6)', async () => {
    const { w, invitee, input } = await linked()
    await w.owner.mutate('deleteOrganization', { organizationId: w.acme.id })
    expect(await invitee.refusal('acceptInvitation', input)).toBe('NOT_FOUND')
  })

  test('an id and a token together are refused', async () => {
    const { invitee, id, token } = await linked()
    expect(await invitee.refusal('acceptInvitation', { invitation: { id, token } })).toBe('BAD_USER_INPUT')
  })
})
