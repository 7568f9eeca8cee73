import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningApplication, startApplication } from '@quotakeeper/test-kit'

/** The orchestrator in a process and folder of its own. */
export interface TestGateway extends RunningApplication {
  /** Replaces the content of its `.env`. */
  setDotenv(text: string): Promise<void>
}

/** Starts the orchestrator like a user, in a folder with nothing but its `.env`. */
export async function startGateway(
  environment: Readonly<Record<string, string>>,
  dotenv = '',
): Promise<TestGateway> {
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-'))
  const setDotenv = (text: string): Promise<void> => writeFile(join(directory, '.env'), text)
  await setDotenv(dotenv)
  const gateway = await startApplication('orchestrator', { environment, directory })
  return Object.assign(gateway, {
    setDotenv,
    [Symbol.asyncDispose]: async () => {
      await gateway.process[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  })
}
