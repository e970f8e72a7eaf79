import type { Source } from './sources.ts'

const maxLines = 220

/** Lines of files that match `of` do not match `never`. */
interface Rule {
  readonly of: RegExp
  readonly never: RegExp
  readonly why: string
  /** A comment at the end of the line gives the reason, and makes it right. */
  readonly unlessExplained?: true
  /** Files where it is right, and the reason. */
  readonly except?: Readonly<Record<string, string>>
}

const rules: readonly Rule[] = [
  {
    of: /^src\//,
    never: /(?:[:<,(|&[]|=>|\bas)\s*any\b(?!\s*\()/,
    why: 'any turns the types off: unknown, or a reason at the end of the line',
    unlessExplained: true,
  },
  {
    of: /^/,
    never: /@ts-(?:ignore|nocheck|expect-error)\s*$/,
    why: 'a suppression gives its reason on its line',
  },
  { of: /^src\//, never: /@ts-(?:ignore|nocheck)\b/, why: '@ts-expect-error tells when it is no longer needed' },
  {
    of: /^test\//,
    never: /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|fails)\b/,
    why: 'a test is there and runs, or is not there',
  },
  {
    of: /^src\//,
    never: /\bnew Date\(\)|\bDate\.now\(/,
    why: 'time is tx.now or the clock that is handed in',
    except: {
      'src/app.ts': 'the clock that the whole program is handed',
      'src/migrate.ts': 'the clock of scripts, which have no other',
    },
  },
  {
    of: /^src\//,
    never: /(?<![\w.])process\.\w|'(?:node:)?process'/,
    why: 'config.ts alone reads the environment, main.ts alone is the process',
    except: {
      'src/config.ts': 'reads the environment',
      'src/main.ts': 'is the process',
      'src/db/embedded/lock.ts': 'the lock of a data folder names the process that holds it',
    },
  },
  {
    of: /\.(?:schema|mutations)\.ts$/,
    never: /['"`].*(?:\bselect (?!a\b|the\b)|\binsert into\b|\bdelete from\b|\bcollate\b|::(?:uuid|text|int|jsonb))/,
    why: 'SQL stands in loaders, listings and services',
  },
]

/** The lines that the rules forbid, and the files that are too long. */
export function brokenLines(sources: readonly Source[]): string[] {
  const stale = new Set(rules.flatMap(({ except }) => Object.keys(except ?? {})))
  const broken = sources.flatMap(source => [
    ...tooLong(source),
    ...rules.flatMap(rule => [...offences(source, rule, stale)]),
  ])
  return [...broken, ...[...stale].map(path => `${path} is an exception in scripts/check/lines.ts that nothing needs`)]
}

function tooLong({ path, lines }: Source): string[] {
  const count = lines.length - 1
  return path.startsWith('src/') && count > maxLines ? [`${path} has ${count} lines: ${maxLines} at most`] : []
}

function* offences({ path, lines }: Source, rule: Rule, stale: Set<string>): Generator<string> {
  if (!rule.of.test(path)) return
  for (const [index, line] of lines.entries()) {
    const isSuppression = /^\s*(?:\/\/|\/\*) ?@ts-/.test(line)
    if (!isSuppression && /^\s*(?:\/\/|\/?\*)/.test(line)) continue
    const [code = '', ...comment] = isSuppression ? [line] : line.split(/\s\/\/ /)
    if (!rule.never.test(code) || (rule.unlessExplained && comment.length > 0)) continue
    if (rule.except?.[path] === undefined) yield `${path}:${index + 1} ${rule.why}`
    else stale.delete(path)
  }
}
