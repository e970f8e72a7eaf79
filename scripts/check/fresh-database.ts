import { randomBytes } from 'node:crypto'
import { startEmbedded } from '../../src/db/embedded.ts'
import { temporaryDataDir } from '../../test/kit/data-dir.ts'
import { urlOf, withClient } from '../../test/kit/server.ts'

/** Works in an empty database, on the server of DATABASE_URL or an embedded one, and removes it afterwards. */
export async function withFreshDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const { DATABASE_URL } = process.env
  return DATABASE_URL ? onServer(DATABASE_URL, work) : embedded(work)
}

async function onServer<T>(server: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `tenantry_check_${randomBytes(4).toString('hex')}`
  await withClient(server, client => client.query(`create database ${name}`))
  try {
    return await work(urlOf(server, name))
  } finally {
    await withClient(server, client => client.query(`drop database ${name} with (force)`))
  }
}

async function embedded<T>(work: (url: string) => Promise<T>): Promise<T> {
  const dataDir = await temporaryDataDir()
  try {
    const server = await startEmbedded({ dataDir: dataDir.path, say: () => {}, flags: ['fsync=off'] })
    try {
      return await work(server.url)
    } finally {
      await server.stop()
    }
  } finally {
    await dataDir.remove()
  }
}
