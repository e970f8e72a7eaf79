import { type Page, page } from './page.ts'

/** Where the link of an invitation leads, unless the product has a page of its own: what it offers, and how to answer. */
export const invitationPage: Page = page({
  title: 'Invitation',
  body: `<h1 id="title">Invitation</h1>
<p id="status" role="status">Looking…</p>
<div id="offer" hidden>
<img id="logo" alt="" hidden>
<dl>
<dt>Organization</dt><dd id="organizationName"></dd>
<dt>Invited by</dt><dd id="inviterName"></dd>
<dt>Roles</dt><dd id="roleNames"></dd>
<dt>For</dt><dd id="maskedEmail"></dd>
<dt>Good until</dt><dd id="expiresAt"></dd>
</dl>
</div>
<div id="how" hidden>
<h2>How to accept</h2>
<p>Sign in to the product with that very address, and accept there. A developer sends this to
<a href="/graphql">/graphql</a>, with the token of whoever is invited:</p>
<pre id="mutation"></pre>
</div>
<noscript><p>This page needs JavaScript: the link's secret is kept out of what is sent to servers.</p></noscript>`,
  script: scriptOf(),
  allows: "connect-src 'self'; img-src https:",
})

// Everything that comes from outside is put in as text.
function scriptOf(): string {
  return `
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
const at = id => document.getElementById(id)
const say = text => { at('status').textContent = text }
const words = {
  ACCEPTED: 'This invitation was accepted.',
  DECLINED: 'This invitation was declined.',
  REVOKED: 'This invitation was taken back.',
  EXPIRED: 'This invitation has expired. Ask for a new one.',
}
const query = 'query Preview($token: String!) { invitationPreview(token: $token) { organizationName organizationLogoUrl inviterName roleNames maskedEmail status expiresAt } }'
const show = preview => {
  if (preview === null) return say('This link is not valid, or a newer one was sent.')
  say(words[preview.status] ?? '')
  if (preview.status !== 'PENDING') return
  at('title').textContent = 'Join ' + preview.organizationName
  document.title = at('title').textContent
  at('organizationName').textContent = preview.organizationName
  at('inviterName').textContent = preview.inviterName ?? 'Somebody who is gone'
  at('roleNames').textContent = preview.roleNames.join(', ') || 'None'
  at('maskedEmail').textContent = preview.maskedEmail
  at('expiresAt').textContent = new Date(preview.expiresAt).toLocaleString()
  if (preview.organizationLogoUrl !== null) {
    at('logo').src = preview.organizationLogoUrl
    at('logo').hidden = false
  }
  at('offer').hidden = false
  at('how').hidden = false
  at('mutation').textContent = 'mutation {\\n  acceptInvitation(input: { invitation: { token: "' + token + '" } }) {\\n    __typename\\n    ... on UserError { message }\\n  }\\n}'
}
fetch('/graphql', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query, variables: { token } }),
}).then(response => response.json()).then(({ data }) => show(data.invitationPreview)).catch(() => say('The server does not answer. Try again later.'))
addEventListener('hashchange', () => location.reload())
`
}
