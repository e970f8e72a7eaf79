import { afterAll, onTestFinished, TestRunner } from 'vitest'
import { cancelMail } from './database.ts'

type Clean = () => Promise<unknown>
const ofFile: Clean[] = []

/** What a test made is gone after it; what is made for the tests of a file, after the last of them. */
export function atTheEnd(clean: Clean): void {
  if (TestRunner.getCurrentTest() === undefined) ofFile.push(clean)
  else onTestFinished(async () => void (await clean()))
}

/** For the start of every file: files share a worker, and its connections. */
export function cleanAfterFile(): void {
  afterAll(async () => {
    for (const clean of ofFile.splice(0).reverse()) await clean()
    await cancelMail()
  })
}
