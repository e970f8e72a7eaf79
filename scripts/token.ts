import { openDevelopmentIssuer } from '../src/auth/development-issuer.ts'
import { readConfig } from '../src/config.ts'
import { RequestError, StartError } from '../src/errors.ts'

/** Prints a development token, and only that, for a person (an email address) or a machine (a client id). */
async function printToken(subjects: readonly string[]): Promise<void> {
  const [subject, ...rest] = subjects
  if (subject === undefined || subject === '' || rest.length > 0)
    throw new StartError('Usage: npm run token -- <email address or client id>')
  // Asked before the configuration is read: an incomplete one would hide the reason.
  if (process.env.NODE_ENV === 'production') throw new StartError('There are no development tokens in production.')
  const issuer = await openDevelopmentIssuer(readConfig().dataDir, () => new Date())
  const token = subject.includes('@') ? await issuer.sign(subject) : await issuer.signMachine(subject)
  process.stdout.write(`${token}\n`)
}

try {
  await printToken(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof StartError || error instanceof RequestError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
