/**
 * What a page does with the passkeys of a browser. It fills the form whose id is `passkey` and sends it, as one that
 * somebody typed into: whoever has no JavaScript does not see the form, and signs in as before.
 */
export const passkeyScript = `
const form = document.getElementById('passkey')
const status = document.getElementById('passkey-status')
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), one => one.charCodeAt(0))
const text = buffer => btoa(Array.from(new Uint8Array(buffer), one => String.fromCharCode(one)).join('')).replace(/[+]/g, '-').replace(/[/]/g, '_').replace(/=+$/, '')
const withIds = list => (list ?? []).map(one => ({ ...one, id: bytes(one.id) }))
const fetchOptions = async () => {
  const body = new URLSearchParams({ token: form.elements.token.value })
  const response = await fetch(form.action + '-options', { method: 'POST', body })
  if (!response.ok) throw new Error(String(response.status))
  const { publicKey } = await response.json()
  return { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: withIds(publicKey.allowCredentials), excludeCredentials: withIds(publicKey.excludeCredentials) }
}
// One after the other: the challenge that was asked for last is the one that counts.
let asked = Promise.resolve()
const options = () => { asked = asked.then(fetchOptions, fetchOptions); return asked }
const send = (credential, response) => {
  const { id, rawId, type } = credential
  form.elements.credential.value = JSON.stringify({ id, rawId: text(rawId), type, response })
  form.submit()
}
const prove = async more => {
  const publicKey = await options()
  if (more.signal.aborted) return
  const credential = await navigator.credentials.get({ ...more, publicKey })
  const { clientDataJSON, authenticatorData, signature, userHandle } = credential.response
  send(credential, { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature), userHandle: userHandle === null ? null : text(userHandle) })
}
const add = async () => {
  const publicKey = await options()
  const credential = await navigator.credentials.create({ publicKey: { ...publicKey, user: { ...publicKey.user, id: bytes(publicKey.user.id) } } })
  const { clientDataJSON, attestationObject } = credential.response
  send(credential, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), transports: credential.response.getTransports?.() ?? [] })
}
let waiting = new AbortController()
form.addEventListener('submit', event => {
  event.preventDefault()
  waiting.abort()
  waiting = new AbortController()
  status.textContent = ''
  const done = form.dataset.does === 'add' ? add() : prove({ signal: waiting.signal })
  done.catch(error => { if (error.name !== 'AbortError') status.textContent = error.name === 'InvalidStateError' ? form.dataset.known : form.dataset.failed })
})
if (window.PublicKeyCredential !== undefined) {
  form.hidden = false
  if (form.dataset.does === 'sign-in') PublicKeyCredential.isConditionalMediationAvailable?.().then(isThere => {
    if (isThere) prove({ mediation: 'conditional', signal: waiting.signal }).catch(() => {})
  })
}
`
