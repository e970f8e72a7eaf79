/** What the scripts of our pages begin with. */
export const helpers = `
const at = id => document.getElementById(id)
const say = text => { at('status').textContent = text }
const outOfReach = () => say('The server does not answer. Try again later.')
`

/**
 * For pages of ours where somebody signs in at the built-in issuer, in development: authorization code with PKCE in a
 * page, as a product does it.
 */
export const signInScript = `
const issuer = location.origin + '/oidc'
const place = location.origin + location.pathname
const encoded = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/[+]/g, '-').replace(/[/]/g, '_').replace(/=+$/, '')
const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)))
// What is kept is there again when the issuer has answered.
const startSignIn = async (kept = null, parameters = {}) => {
  const [verifier, state] = [random(), random()]
  sessionStorage.setItem('sign-in', JSON.stringify({ verifier, state, kept }))
  const challenge = encoded(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)))
  location.assign(issuer + '/auth?' + new URLSearchParams({
    client_id: 'development', response_type: 'code', redirect_uri: place, scope: 'openid profile email',
    code_challenge: challenge, code_challenge_method: 'S256', state, ...parameters,
  }))
}
const finishSignIn = async () => {
  const answer = new URLSearchParams(location.search)
  if (!answer.has('state')) return null
  const { verifier, state, kept } = JSON.parse(sessionStorage.getItem('sign-in') ?? '{}')
  sessionStorage.removeItem('sign-in')
  // No code stays in the history; and one that this page did not ask for is nobody's here (RFC 9207 for the issuer).
  history.replaceState(null, '', place)
  if (answer.get('state') !== state || answer.get('iss') !== issuer) return { problem: 'This answer is not to a question of this page.' }
  if (answer.has('error')) return { kept, problem: 'Not signed in: ' + (answer.get('error_description') ?? answer.get('error')) }
  const response = await fetch(issuer + '/token', { method: 'POST', body: new URLSearchParams({
    grant_type: 'authorization_code', client_id: 'development', redirect_uri: place, code: answer.get('code') ?? '', code_verifier: verifier,
  }) })
  const tokens = await response.json()
  return response.ok ? { kept, tokens } : { kept, problem: 'Not signed in: ' + tokens.error_description }
}
`
