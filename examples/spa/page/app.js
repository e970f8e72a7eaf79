import { createGateway, createOrganization, organizationsOf } from './gateway.js'
import { createNotes } from './notes.js'
import { claimsOf, openSession } from './session.js'

const at = id => document.getElementById(id)
const say = text => {
  at('status').textContent = text
}

/** How the next sign-in is asked for. */
let parameters = {}

const config = await (await fetch('/config.json')).json()
const session = await openSession(config).catch(explain)
if (session !== undefined) await start(session)

async function start(session) {
  at('sign-in').addEventListener('click', () => session.signIn(parameters).catch(explain))
  at('sign-out').addEventListener('click', () => session.signOut())
  const person = await session.finish().catch(explain)
  if (person == null) {
    if (person === null) say('You are not signed in.')
    at('signed-out').hidden = false
    return
  }
  say('Choose an organization.')
  at('person').textContent = person.email
  at('signed-in').hidden = false
  await show(session).catch(explain)
}

/** The page of somebody who is signed in. Whatever comes from outside is put in as text. */
async function show(session) {
  const run = createGateway(config.graphql, () => session.tokenFor())
  const notes = createNotes(config.notes, session.tokenFor)
  let here

  async function list() {
    const organizations = await organizationsOf(run)
    at('organizations').replaceChildren(
      ...organizations.map(organization => {
        const made = button(organization.name, () => switchTo(organization))
        made.dataset.uuid = organization.uuid
        return item(made)
      }),
    )
    mark()
  }

  function mark() {
    for (const one of at('organizations').querySelectorAll('button'))
      one.setAttribute('aria-current', String(one.dataset.uuid === here?.uuid))
  }

  /** Another organization is another token; the sign-in stays the same. */
  async function switchTo(organization) {
    const claims = claimsOf(await session.tokenFor(organization.uuid))
    here = organization
    mark()
    at('organization-name').textContent = organization.name
    at('claims').replaceChildren(
      ...entries({
        Organization: `${claims.organization_slug} (${claims.organization_id})`,
        Permissions: claims.scope || 'none',
        Until: new Date(claims.exp * 1000).toLocaleTimeString(),
      }),
    )
    at('organization').hidden = false
    at('signed-out').hidden = true
    say(`You act in ${organization.name}.`)
    await read()
  }

  async function read() {
    at('notes').replaceChildren()
    const { uuid } = here
    const found = await notes.list(uuid)
    // Somebody was quicker, and is elsewhere by now.
    if (uuid !== here.uuid) return
    at('notes').replaceChildren(...found.map(({ text }) => item(text)))
  }

  onSubmit('create', async name => {
    await createOrganization(run, name)
    await list()
  })
  onSubmit('write', async text => {
    await notes.write(here.uuid, text)
    await read()
  })
  await list()
}

function onSubmit(id, send) {
  at(id).addEventListener('submit', event => {
    event.preventDefault()
    const field = at(id).querySelector('input')
    send(field.value)
      .then(() => {
        field.value = ''
      })
      .catch(explain)
  })
}

function button(text, act) {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = text
  made.addEventListener('click', () => act().catch(explain))
  return made
}

function item(content) {
  const made = document.createElement('li')
  made.append(content)
  return made
}

function entries(facts) {
  return Object.entries(facts).flatMap(([name, value]) =>
    [
      ['dt', name],
      ['dd', String(value)],
    ].map(([tag, text]) => Object.assign(document.createElement(tag), { textContent: text })),
  )
}

/** An organization may ask for a newer or a better sign-in: it is a click away, and the issuer asks the person then. */
function explain(error) {
  say(error.message)
  if (!['login_required', 'insufficient_user_authentication', 'invalid_grant'].includes(error.code)) return
  const asksMore = error.code === 'insufficient_user_authentication' && error.message.includes('acr_values=')
  parameters = { prompt: 'login', ...(asksMore && { acr_values: 'urn:tenantry:acr:multi-factor' }) }
  at('signed-out').hidden = false
}
