import { type Page, page } from './page.ts'

/**
 * In development, where somebody new signs in at the built-in issuer and gets a token for GraphiQL: authorization code
 * with PKCE in a page, as a product does it.
 */
export const signInPage: Page = page({
  title: 'Sign in',
  body: `<h1>Sign in as a new person</h1>
<p id="status" role="status">The code comes to the <a href="/mailbox" target="_blank">mailbox</a>.</p>
<p><button id="start" type="button">Sign in</button></p>
<div id="result" hidden>
<p>Paste this into the headers of <a href="/graphql" target="_blank">GraphiQL</a>. It is good for a quarter of an hour.</p>
<pre id="headers"></pre>
<p><a id="end" href="/oidc/session/end">Sign out</a></p>
</div>
<noscript><p>This page needs JavaScript, as a single-page application does.</p></noscript>`,
  script: scriptOf(),
  allows: "connect-src 'self'",
})

// Everything that comes from outside is put in as text.
function scriptOf(): string {
  return `
const at = id => document.getElementById(id)
const issuer = location.origin + '/oidc'
const place = location.origin + location.pathname
const encoded = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/[+]/g, '-').replace(/[/]/g, '_').replace(/=+$/, '')
const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)))
const say = text => { at('status').textContent = text }
at('start').addEventListener('click', async () => {
  const [verifier, state] = [random(), random()]
  sessionStorage.setItem('sign-in', JSON.stringify({ verifier, state }))
  const challenge = encoded(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)))
  location.assign(issuer + '/auth?' + new URLSearchParams({
    client_id: 'development', response_type: 'code', redirect_uri: place, scope: 'openid profile email',
    code_challenge: challenge, code_challenge_method: 'S256', state,
  }))
})
const finish = async answer => {
  const { verifier, state } = JSON.parse(sessionStorage.getItem('sign-in') ?? '{}')
  sessionStorage.removeItem('sign-in')
  // No code stays in the history; and one that this page did not ask for is nobody's here (RFC 9207 for the issuer).
  history.replaceState(null, '', place)
  if (answer.get('state') !== state || answer.get('iss') !== issuer) return say('This answer is not to a question of this page.')
  if (answer.has('error')) return say('Not signed in: ' + (answer.get('error_description') ?? answer.get('error')))
  const response = await fetch(issuer + '/token', { method: 'POST', body: new URLSearchParams({
    grant_type: 'authorization_code', client_id: 'development', redirect_uri: place, code: answer.get('code') ?? '', code_verifier: verifier,
  }) })
  const tokens = await response.json()
  if (!response.ok) return say('Not signed in: ' + tokens.error_description)
  say('Signed in.')
  at('headers').textContent = JSON.stringify({ Authorization: 'Bearer ' + tokens.access_token }, null, 2)
  at('end').href += '?' + new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: place })
  at('result').hidden = false
}
const answer = new URLSearchParams(location.search)
if (answer.has('state')) finish(answer).catch(() => say('The server does not answer. Try again later.'))
`
}
