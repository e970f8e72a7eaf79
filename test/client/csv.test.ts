import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MalformedCsv, parseCsv, toCsv } from '../../examples/csv/csv.ts'
import { people } from '../../src/demo.ts'
import { listen } from '../kit/listening.ts'
import { seedMembers } from '../kit/rows.ts'
import { serveDemo } from './demo.ts'

let demo: Awaited<ReturnType<typeof serveDemo>>
let folder: string
beforeAll(async () => {
  demo = await serveDemo()
  folder = await mkdtemp(join(tmpdir(), 'tenantry-csv-'))
})
afterAll(async () => {
  await demo.close()
  await rm(folder, { recursive: true })
})

async function file(text: string): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.csv`)
  await writeFile(path, text)
  return path
}
const importing = async (text: string, slug = 'acme', env = {}) =>
  demo.run('csv/main.ts', ['import', slug, await file(text)], env)

/** A new organization of the owner, in which nobody is. */
async function organization(): Promise<{ id: string; slug: string }> {
  const owner = await demo.as(people.owner.email)
  const slug = `csv-${crypto.randomUUID().slice(0, 8)}`
  const selection = '... on CreateOrganizationPayload { organization { id slug } }'
  return (await owner.mutate('createOrganization', { name: 'Import', slug }, selection)).organization
}
const invitationCount = async (slug: string) => {
  const owner = await demo.as(people.owner.email)
  const query = 'query($slug: String!) { organization(by: { slug: $slug }) { invitations { totalCount } } }'
  return (await owner.query(query, { slug })).organization.invitations.totalCount
}

test('a file is imported line by line, and each line is told what came of it', async () => {
  const { code, stdout, stderr } = await importing(
    `Email,Roles,Note\r\nfirst@people.test,,"said ""yes"""\r\nsecond@people.test,Admin; member,\r\n` +
      `not an address,,\r\nmax.member@demo.example,,\r\n\r\nFIRST@people.test,,\r\nthird@people.test,Kaiser,\r\n`,
  )
  expect({ code, stderr }).toEqual({ code: 2, stderr: '2 invited, 4 not.\n' })
  expect(stdout).toMatchInlineSnapshot(`
    "line,email,outcome,message
    2,first@people.test,Invited,
    3,second@people.test,Invited,
    4,not an address,InvalidInputError,input.invitations.2.email: This is not an email address.
    5,max.member@demo.example,AlreadyMemberError,Already a member of the organization.
    7,FIRST@people.test,AlreadyInvitedError,This address has a pending invitation to the organization.
    8,third@people.test,UnknownRole,There is no role Kaiser.
    "
  `)
})

const many = (count: number) =>
  `email\n${Array.from({ length: count }, (_, index) => `p${index}@people.test\n`).join('')}`

test('a large file goes in batches of 500, and importing it again invites nobody twice', async () => {
  const { slug } = await organization()
  const first = await importing(many(1100), slug)
  expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 0, stderr: '1100 invited, 0 not.\n' })
  expect(await importing(many(1100), slug)).toEqual(first)
  expect(await invitationCount(slug)).toBe(1100)
})

test('a batch whose answer is lost is sent again with its key, and is done once', async () => {
  const { slug } = await organization()
  let lost = 0
  const proxy = await listen((request, response) => {
    if (isBatch(request) && lost++ === 0) loseAnswer(response)
    demo.handle(request, response)
  })
  const env = { TENANTRY_URL: `${proxy.url}/graphql` }
  expect(await importing(many(20), slug, env)).toMatchObject({ code: 0, stderr: '20 invited, 0 not.\n' })
  expect(lost).toBe(2)
  expect(await invitationCount(slug)).toBe(20)
  await proxy.close()
})

/** The query for the roles is short. */
const isBatch = ({ headers }: IncomingMessage) => Number(headers['content-length']) > 1000

/** What was done is committed by the time that it is answered. */
function loseAnswer(response: ServerResponse): void {
  response.writeHead = () => {
    response.socket?.destroy()
    return response
  }
}

test('members are exported page after page, and no cell runs as a formula', async () => {
  const { id, slug } = await organization()
  const names = Array.from({ length: 150 }, (_, index) => ({ name: `Person ${index}`, minute: index }))
  const hostile = ['=HYPERLINK("https://evil.test","x")', '+1', '-1', '@SUM(A1)', '\t=1', '  =1', '＝1', 'A "B", C']
  await seedMembers(demo, { id }, [...names, ...hostile.map((name, index) => ({ name, minute: 200 + index }))])
  const { code, stdout, stderr } = await demo.run('csv/main.ts', ['export', slug])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout.split('\r\n')
  expect(lines[0]).toBe('name,email,roles,origin,joinedAt')
  expect(lines.length).toBe(1 + 150 + hostile.length + 1 + 1)
  expect(lines.slice(151, 159).map(line => line.replace(/,[^,]*@seeded.*$/, ''))).toEqual([
    `"'=HYPERLINK(""https://evil.test"",""x"")"`,
    "'+1",
    "'-1",
    "'@SUM(A1)",
    "'\t=1",
    "'  =1",
    "'＝1",
    '"A ""B"", C"',
  ])
  expect(lines[159]).toMatch(/^Otto Owner,otto\.owner@demo\.example,Owner,CREATION,\d{4}-/)
})

test('what was exported can be imported elsewhere', async () => {
  const { slug } = await organization()
  const { stdout } = await demo.run('csv/main.ts', ['export', 'acme'])
  const { stderr } = await importing(stdout.replace(/^Acme Sync.*\r\n/m, ''), slug)
  expect(stderr).toBe('2 invited, 1 not.\n')
})

test.each<[string, string[], string]>([
  ['an organization that is not theirs', ['export', 'nowhere'], 'There is no organization "nowhere"'],
  ['no command', [], 'say import <slug of the organization> <file.csv>'],
])('%s is told in a line', async (_, given, message) => {
  const { code, stderr } = await demo.run('csv/main.ts', given)
  expect(code).toBe(1)
  expect(stderr).toContain(`Refused: ${message}`)
})

test('a file that is no CSV, or has no addresses, is refused before anybody is invited', async () => {
  for (const [text, message] of [
    ['email\n"a@people.test', 'Line 2 has a quote where none can be.'],
    ['name\nAda\n', 'The file has no column "email".'],
  ] as const)
    expect(await importing(text)).toMatchObject({ code: 1, stderr: `Refused: ${message}\n` })
})

describe('the parser', () => {
  test('reads what RFC 4180 has, with either line end, and knows the line of each row', () => {
    expect(parseCsv('\uFEFFA,b\r\n"1,\n""2""",x\n\n,\n3,')).toEqual([
      { line: 2, cells: { a: '1,\n"2"', b: 'x' } },
      { line: 6, cells: { a: '3', b: '' } },
    ])
  })

  test.each(['', 'a,b\n1', 'a\n1,2', 'a\nx"y"', 'a\n"x"y', 'a\n"x'])('refuses %j', text => {
    expect(() => parseCsv(text)).toThrow(MalformedCsv)
  })

  test('reads what was written as it was', () => {
    const cells = ['=1', "'x", 'a "b"', 'c,d', 'e\nf', '-', '']
    const [row] = parseCsv(toCsv([cells.map((_, index) => `c${index}`), cells]))
    expect(Object.values(row?.cells ?? {})).toEqual(cells)
  })
})
