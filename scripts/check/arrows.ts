import type { Source } from './sources.ts'

/** Files that match `from` import nothing that matches `never`. */
interface Rule {
  readonly from: RegExp
  readonly never: RegExp
  readonly why: string
  /** Types do not count. */
  readonly atRuntime?: true
  /** What lies in the folder of the importing file does not count. */
  readonly fromElsewhere?: true
  /** `from -> to`, and the reason why this one is right. */
  readonly except?: Readonly<Record<string, string>>
}

// A feature is a folder with the parts entity, loaders, listing (what a connection lists), service, schema, mutations.
// Its other files (join.ts, owners.ts…) hold rules and writes, and are bound as a service is.
const feature = String.raw`src/(?!auth/|db/|graphql/)[\w-]+/`
const graphql = '^src/graphql/|^graphql$|^graphql-yoga|^@pothos/|^@graphql-yoga/'

const rules: readonly Rule[] = [
  {
    from: /\.entity\.ts$/,
    never: new RegExp(String.raw`\.(loaders|listing|service|schema|mutations)\.ts$|^src/db/|${graphql}`),
    why: 'an entity is columns and relations: it neither queries nor knows GraphQL',
  },
  {
    from: /\.(schema|mutations)\.ts$/,
    never: /^src\/db\/|^pg$|^kysely$|^@mikro-orm\//,
    atRuntime: true,
    why: 'SQL stands in loaders, listings and services',
  },
  {
    from: /\.(schema|mutations)\.ts$/,
    never: new RegExp(String.raw`^${feature}.*\.(schema|mutations)\.ts$`),
    fromElsewhere: true,
    why: "a feature refers to another's types by the refs in graphql/refs.ts, and never imports its schema",
    except: {
      'src/graphql/user-errors.schema.ts -> src/invitations/invitation.schema.ts':
        'the enum InvitationStatus: a field of invitations, and of the error that tells of a closed one',
    },
  },
  {
    from: new RegExp(String.raw`^${feature}(?!.*\.(schema|mutations)\.ts$)`),
    never: new RegExp(String.raw`\.(schema|mutations)\.ts$|^node:https?$|${graphql}`),
    why: 'rules, writes and reads know neither GraphQL nor HTTP',
  },
  {
    from: /\.loaders\.ts$/,
    never: /\.(service|listing)\.ts$|^src\/db\/(transaction|orm|session)\.ts$/,
    why: 'loaders read by key, and nothing else',
  },
  {
    from: /\.listing\.ts$/,
    never: /\.service\.ts$|^src\/db\/(transaction|orm|session)\.ts$/,
    why: 'a listing says what a connection lists: it may hold SQL, and reads pages through db/page.ts',
  },
  {
    from: /\.(service|loaders|listing)\.ts$/,
    never: /^src\/context\.ts$/,
    why: 'a feature gets what it needs as its first argument',
  },
  {
    from: /^src\/auth\/(?:\w+-)?policy\.ts$/,
    never: new RegExp(String.raw`\.(service|entity|listing)\.ts$|^src/db/|^@mikro-orm/|^kysely$|^pg$|${graphql}`),
    why: 'a rule answers from what loaders read: it writes nothing and runs no SQL',
  },
  {
    from: /^src\/auth\/(?:\w+-)?policy\.ts$/,
    never: /\.loaders\.ts$/,
    atRuntime: true,
    why: 'a rule is handed the loaders of the request; only the types of their rows are imported',
  },
  { from: /^/, never: /^src\/main\.ts$/, why: 'main.ts is the process: nothing imports it' },
  {
    from: /^src\/(?!main\.ts|demo\.ts)/,
    never: /^src\/(app|demo)\.ts$/,
    why: 'app.ts puts the program together: no part of it looks back',
    except: {
      'src/app.ts -> src/demo.ts': 'the demo deployment is seeded at the start, and loaded only then',
    },
  },
  {
    from: /^src\/db\//,
    never: new RegExp(`^${feature}|^src/graphql/`),
    why: 'the database layer knows no feature',
    except: {
      'src/db/orm.ts -> *.entity.ts': 'the list of all entities',
      'src/db/transaction.ts -> src/audit/actions.ts': 'a change and its audit entry are written together',
      'src/db/transaction.ts -> src/audit/audit-event.entity.ts': 'a change and its audit entry are written together',
      'src/db/transaction.ts -> src/organizations/organization.entity.ts': 'the type of the payload of an event',
    },
  },
]

/** The imports that the rules forbid, the exceptions that nothing needs any more, and the circles. */
export function brokenArrows(sources: readonly Source[]): string[] {
  const stale = new Set(rules.flatMap(({ except }) => Object.keys(except ?? {})))
  const broken = sources.flatMap(source => rules.flatMap(rule => [...offences(source, rule, stale)]))
  return [
    ...broken,
    ...[...stale].map(exception => `${exception} is an exception in scripts/check/arrows.ts that nothing needs`),
    ...circles(sources),
  ]
}

function* offences(source: Source, rule: Rule, stale: Set<string>): Generator<string> {
  if (!rule.from.test(source.path)) return
  const folder = source.path.slice(0, source.path.lastIndexOf('/') + 1)
  for (const { to, isType } of source.imports) {
    if (!rule.never.test(to) || (rule.atRuntime && isType) || (rule.fromElsewhere && to.startsWith(folder))) continue
    const excepted = [`${source.path} -> ${to}`, `${source.path} -> *${to.slice(to.indexOf('.'))}`].find(
      arrow => rule.except?.[arrow] !== undefined,
    )
    if (excepted === undefined) yield `${source.path} imports ${to}: ${rule.why}`
    else stale.delete(excepted)
  }
}

/** Circles of imports that are there when the program runs: their order of evaluation is an accident. */
function circles(sources: readonly Source[]): string[] {
  const next = new Map(
    sources.map(({ path, imports }) => [path, imports.filter(one => !one.isType).map(one => one.to)]),
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) {
      found.push(`${[...way.slice(way.indexOf(path)), path].join(' -> ')}: a circle of imports`)
      return
    }
    if (done.has(path)) return
    for (const to of next.get(path) ?? []) visit(to, [...way, path])
    done.add(path)
  }
  for (const path of next.keys()) visit(path, [])
  return found
}
