/** What the issuer refused: `code` is that of RFC 6749, and the message is its description. */
export class Refused extends Error {
  constructor({ error, error_description: description }) {
    super(description ?? error)
    this.code = error
  }
}

/** A token is not used when it is about to run out on its way. */
const MARGIN_MILLISECONDS = 10_000
const pending = 'sign-in'

/**
 * A sign-in: authorization code with PKCE, and after it a token for the gateway, or for any organization of the person,
 * whenever one is needed. Tokens are kept in memory alone, where they end with the page; after a reload the issuer knows
 * the browser by its cookie, and the next sign-in asks nothing. `scope` names the permissions that this page needs in an
 * organization: a token says no more, wherever it ends up.
 */
export async function openSession({ issuer, clientId, scope }) {
  const endpoints = await json(await fetch(`${issuer}/.well-known/openid-configuration`))
  const place = location.origin + location.pathname
  const tokens = new Map()
  let refreshToken = null
  let idToken = null
  let turn = Promise.resolve()

  /** Sends the browser to the issuer; `finish` goes on when it comes back. */
  async function signIn(parameters = {}) {
    const [verifier, state] = [random(), random()]
    sessionStorage.setItem(pending, JSON.stringify({ verifier, state }))
    const challenge = encoded(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)))
    const request = {
      ...{ client_id: clientId, redirect_uri: place, response_type: 'code', scope: 'openid profile email' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256', state, ...parameters },
    }
    location.assign(`${endpoints.authorization_endpoint}?${new URLSearchParams(request)}`)
  }

  /** The claims of the ID token, where the address of the page is the answer to a sign-in; null where it is none. */
  async function finish() {
    const answer = new URLSearchParams(location.search)
    const { verifier, state } = JSON.parse(sessionStorage.getItem(pending) ?? '{}')
    sessionStorage.removeItem(pending)
    if (!answer.has('state')) return null
    // No code stays in the history.
    history.replaceState(null, '', place)
    // Nobody signs this browser in as somebody else (RFC 9700, section 4.7), and no other issuer answers (RFC 9207).
    if (answer.get('state') !== state || answer.get('iss') !== endpoints.issuer)
      throw new Error('This answer is not to a question of this page.')
    if (answer.has('error')) throw new Refused(Object.fromEntries(answer))
    await ask('', {
      ...{ grant_type: 'authorization_code', code: answer.get('code') ?? '' },
      ...{ redirect_uri: place, code_verifier: verifier },
    })
    return claimsOf(idToken)
  }

  /** An access token that is good now: for the organization with this UUID, or for the gateway. */
  function tokenFor(organizationId = '') {
    // One after the other: a refresh token works once, and using it twice ends the sign-in, as a theft would.
    turn = turn.catch(() => {}).then(() => current(organizationId) ?? refresh(organizationId))
    return turn
  }

  const refresh = organizationId =>
    ask(organizationId, {
      ...{ grant_type: 'refresh_token', refresh_token: refreshToken },
      ...(organizationId !== '' && { organization_id: organizationId, scope }),
    })

  function current(organizationId) {
    const known = tokens.get(organizationId)
    return known !== undefined && known.goodUntil > Date.now() ? known.token : undefined
  }

  async function ask(organizationId, form) {
    const body = new URLSearchParams({ client_id: clientId, ...form })
    const answer = await json(await fetch(endpoints.token_endpoint, { method: 'POST', body }))
    refreshToken = answer.refresh_token
    idToken = answer.id_token ?? idToken
    const goodUntil = Date.now() + answer.expires_in * 1000 - MARGIN_MILLISECONDS
    tokens.set(organizationId, { token: answer.access_token, goodUntil })
    return answer.access_token
  }

  /** Ends the sign-in here and at the issuer, with its refresh tokens. */
  function signOut() {
    const request = { id_token_hint: idToken, post_logout_redirect_uri: place }
    location.assign(`${endpoints.end_session_endpoint}?${new URLSearchParams(request)}`)
  }

  return { signIn, finish, tokenFor, signOut }
}

/** What a token says, for showing it: whoever acts on it verifies it first. */
export function claimsOf(token) {
  const [, payload] = token.split('.')
  const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), one => one.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes))
}

async function json(response) {
  const body = await response.json()
  if (!response.ok) throw new Refused(body)
  return body
}

const random = () => encoded(crypto.getRandomValues(new Uint8Array(32)))

function encoded(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
