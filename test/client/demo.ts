import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createApp } from '../../src/app.ts'
import { openDevelopmentIssuer } from '../../src/auth/development-issuer.ts'
import { readConfig } from '../../src/config.ts'
import { createClient } from '../kit/client.ts'
import { temporaryDataDir } from '../kit/data-dir.ts'
import { freshDatabase } from '../kit/database.ts'
import { listen } from '../kit/listening.ts'

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** The demo deployment on a port, as a newcomer has it after the start. */
export async function serveDemo() {
  const [database, dataDir] = await Promise.all([freshDatabase(), temporaryDataDir()])
  const config = readConfig({ DATA_DIR: dataDir.path, LOG_LEVEL: 'silent' })
  const app = await createApp(config, { databaseUrl: database.url })
  const { url, close } = await listen(app.handle)
  const issuer = await openDevelopmentIssuer(dataDir.path, () => new Date())
  return {
    url,
    databaseUrl: database.url,
    handle: app.handle,
    /** What somebody asks without a program. */
    as: async (email: string) => createClient(app, await issuer.sign(email)),
    /** A program of examples/, as a person starts it. */
    run: (program: string, given: string[], env: Record<string, string> = {}) =>
      run(program, given, { DATA_DIR: dataDir.path, TENANTRY_URL: `${url}/graphql`, ...env }),
    async close() {
      await close()
      await app.close()
      await Promise.all([database.drop(), dataDir.remove()])
    },
  }
}

function run(program: string, given: string[], env: Record<string, string>): Promise<Ended> {
  const { PATH, HOME } = process.env
  const path = fileURLToPath(new URL(`../../examples/${program}`, import.meta.url))
  return new Promise(resolve => {
    execFile(
      process.execPath,
      [path, ...given],
      { env: { PATH, HOME, ...env }, timeout: 60_000, maxBuffer: 10_000_000 },
      (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}
