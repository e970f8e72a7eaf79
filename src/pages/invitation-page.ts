import { type Page, page } from './page.ts'
import { helpers, signInScript } from './sign-in-script.ts'

interface Options {
  /** In development with the built-in issuer: whoever is invited signs in and answers on the page. */
  readonly signsIn: boolean
}

/** Where the link of an invitation leads, unless the product has a page of its own: what it offers, and how to answer. */
export function invitationPage({ signsIn }: Options): Page {
  return page({
    title: 'Invitation',
    body: bodyOf(signsIn ? answering : ''),
    script: `${helpers}${showing}${signsIn ? signInScript + answeringScript : 'showLink()'}`,
    allows: "connect-src 'self'; img-src https:",
  })
}

const bodyOf = (answering: string) => `<h1 id="title">Invitation</h1>
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
${answering}<div id="how" hidden>
<h2>How to accept</h2>
<p>Sign in to the product with that very address, and accept there. A developer sends this to
<a href="/graphql">/graphql</a>, with the token of whoever is invited:</p>
<pre id="mutation"></pre>
</div>
<noscript><p>This page needs JavaScript: the link's secret is kept out of what is sent to servers.</p></noscript>`

const answering = `<div id="sign-in" hidden>
<p><button id="start" type="button">Sign in to answer</button></p>
<p>The code comes to the <a href="/mailbox" target="_blank">mailbox</a>.</p>
</div>
<div id="answer" hidden>
<p><button id="accept" type="button">Accept</button> <button id="decline" type="button">Decline</button></p>
</div>
`

// Everything that comes from outside is put in as text.
const showing = `
let token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
const words = {
  ACCEPTED: 'This invitation was accepted.',
  DECLINED: 'This invitation was declined.',
  REVOKED: 'This invitation was taken back.',
  EXPIRED: 'This invitation has expired. Ask for a new one.',
}
const ask = async (query, variables, headers = {}) => {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  return response.json()
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
  return preview
}
const showLink = () => ask(query, { token }).then(({ data }) => show(data.invitationPreview)).catch(outOfReach)
addEventListener('hashchange', () => location.reload())
`

// The secret of the link stays in this tab while its person is at the issuer, and is in the address again after it.
const answeringScript = `
const mutationOf = name => 'mutation Answer($token: String!) { answer: ' + name + '(input: { invitation: { token: $token } }) { __typename ... on UserError { message } } }'
const answerWith = async (name, done, accessToken) => {
  const { data, errors } = await ask(mutationOf(name), { token }, { authorization: 'Bearer ' + accessToken })
  const problem = errors?.[0].message ?? data.answer.message
  at('answer').hidden = true
  at('how').hidden = true
  if (problem === undefined) return say(done)
  say(problem)
  // Somebody else's browser, perhaps: another person can sign in.
  at('sign-in').hidden = false
}
const begin = async () => {
  const answer = await finishSignIn()
  if (answer?.kept) {
    token = answer.kept
    history.replaceState(null, '', place + '#' + new URLSearchParams({ token }))
  }
  const preview = await showLink()
  if (answer?.problem !== undefined) say(answer.problem)
  if (preview?.status !== 'PENDING') return
  const accessToken = answer?.tokens?.access_token
  at('sign-in').hidden = accessToken !== undefined
  at('answer').hidden = accessToken === undefined
  at('start').addEventListener('click', () => startSignIn(token, accessToken === undefined ? {} : { prompt: 'login' }))
  at('accept').addEventListener('click', () => answerWith('acceptInvitation', 'You are a member now.', accessToken).catch(outOfReach))
  at('decline').addEventListener('click', () => answerWith('declineInvitation', 'You declined.', accessToken).catch(outOfReach))
}
begin().catch(outOfReach)
`
