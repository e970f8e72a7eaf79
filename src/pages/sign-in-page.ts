import { type Page, page } from './page.ts'
import { helpers, signInScript } from './sign-in-script.ts'

/** In development, where somebody new signs in at the built-in issuer and gets a token for GraphiQL. */
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
  return `${helpers}${signInScript}
at('start').addEventListener('click', () => startSignIn())
// OpenID Connect Core, section 4: a sign-in that was asked for elsewhere begins here. An answer has a state, too.
const asked = new URLSearchParams(location.search)
if (asked.get('iss') === issuer && !asked.has('state')) startSignIn(null, { login_hint: asked.get('login_hint') ?? '' })
else finishSignIn().then(answer => {
  if (answer === null) return
  if (answer.tokens === undefined) return say(answer.problem)
  say('Signed in.')
  at('headers').textContent = JSON.stringify({ Authorization: 'Bearer ' + answer.tokens.access_token }, null, 2)
  at('end').href += '?' + new URLSearchParams({ id_token_hint: answer.tokens.id_token, post_logout_redirect_uri: place })
  at('result').hidden = false
}).catch(outOfReach)
`
}
