import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AppRouter } from '@quotakeeper/api'
import {
  createApiDatabase,
  freePort,
  type RunningProcess,
  startInstance,
  startProcess,
} from '@quotakeeper/test-kit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { usualViewport } from './browser.js'

/** The built API with the built page, as shipped. */
const apiFile = fileURLToPath(new URL('../../api/dist/main.js', import.meta.url))

/** An API which serves the page. */
export interface PageFixture extends AsyncDisposable {
  readonly origin: string
  readonly client: TRPCClient<AppRouter>
  /** What the API has logged. */
  output(): string
}

/** It in a process of its own. */
export interface PageProcess extends PageFixture {
  /** Kills the API. */
  kill(): Promise<void>
  /** Restarts it at the same address. */
  restart(): Promise<void>
}

export interface PageFixtureOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Token of the fixture's client. */
  readonly token?: string
  /** The configuration file; none unless given. */
  readonly config?: string
}

export async function startPageFixture(options: PageFixtureOptions = {}): Promise<PageFixture> {
  const place = await makePlace(options)
  const environment = { QUOTA_API_PORT: '0', ...place.environment }
  const instance = await startInstance('api', { environment, directory: place.folder })
  return {
    origin: instance.origin,
    client: clientAt(instance.origin, options.token),
    output: () => instance.output(),
    [Symbol.asyncDispose]: async () => {
      await instance.stop()
      await place.remove()
    },
  }
}

/** For tests that kill the API. */
export async function startPageProcess(options: PageFixtureOptions = {}): Promise<PageProcess> {
  const place = await makePlace(options)
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const start = (): Promise<RunningProcess> =>
    startProcess({
      args: [apiFile],
      cwd: place.folder,
      env: { QUOTA_API_PORT: String(port), ...place.environment },
      readyWhen: new URL(`${origin}/readyz`),
    })
  let running = await start()
  return {
    origin,
    client: clientAt(origin, options.token),
    output: () => running.output(),
    kill: async () => {
      await running.kill('SIGKILL')
    },
    restart: async () => {
      running = await start()
    },
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      await place.remove()
    },
  }
}

function clientAt(origin: string, token: string | undefined): TRPCClient<AppRouter> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${origin}/trpc`, headers })] })
}

/** A folder, a database unless one is named, and the variables for both. */
async function makePlace({ environment = {}, config }: PageFixtureOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-page-'))
  if (config !== undefined) await writeFile(join(folder, 'quotakeeper.config.yaml'), config)
  const database = environment['QUOTA_DATABASE_URL'] === undefined ? await createApiDatabase() : null
  return {
    folder,
    environment: {
      ...(database === null ? {} : { QUOTA_DATABASE_URL: database.url }),
      QUOTA_LOG_LEVEL: 'error',
      ...environment,
    },
    remove: async () => {
      await database?.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Longest wait for an element; the error names it. */
const slowestMs = 120_000

/** A page and its errors. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** Script errors, refused resources and violations of the page's policy. */
  readonly faults: readonly string[]
}

/** @param place a context of several pages, or the browser, for a context of the page's own with these options */
export async function openPage(
  place: Browser | BrowserContext,
  address: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const page = await newPage(place, options)
  page.setDefaultTimeout(slowestMs)
  const faults: string[] = []
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => {
    if (message.type() !== 'error') return
    const { url } = message.location()
    // The text of a refused resource does not say which.
    faults.push(message.text().startsWith('Failed to load') ? `${message.text()}: ${url}` : message.text())
  })
  await page.goto(address)
  return {
    page,
    faults,
    [Symbol.asyncDispose]: () => ('newContext' in place ? page.context().close() : page.close()),
  }
}

function newPage(place: Browser | BrowserContext, options: BrowserContextOptions): Promise<Page> {
  return 'newContext' in place ? place.newPage({ viewport: usualViewport, ...options }) : place.newPage()
}

/**
 * Goes to an address as the page's own links do: 0.04 s of a core, where a load takes 0.2 s. A page that is at another
 * server, or nowhere, loads it.
 */
export async function follow(page: Page, address: string): Promise<void> {
  const { origin, pathname, search } = new URL(address)
  if (new URL(page.url()).origin !== origin) await page.goto(address)
  else await page.evaluate(path => history.pushState(null, '', path), `${pathname}${search}`)
}
