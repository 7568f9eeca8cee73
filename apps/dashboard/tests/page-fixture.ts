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
import { idlePages, usualViewport } from './browser.js'

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

/**
 * A page of a context is not closed but left to the next test, which loads its address in it: this takes 0.17 s of a core,
 * and 0.37 s in a new page, with a process of its own that has compiled nothing.
 *
 * @param place a context of several pages, or the browser, for a context of the page's own with these options
 * @param address without one the page is empty, or where the test before has left it
 */
export async function openPage(
  place: Browser | BrowserContext,
  address?: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const faults: string[] = []
  if ('newContext' in place) {
    const page = await place.newPage({ viewport: usualViewport, ...options })
    listen(page, faults)
    if (address !== undefined) await page.goto(address)
    return { page, faults, [Symbol.asyncDispose]: () => page.context().close() }
  }
  const idle = idlePages.get(place) ?? []
  idlePages.set(place, idle)
  const left = idle.pop()
  const page = left ?? (await place.newPage())
  // What the place that is left still reports is no fault of the next.
  if (left === undefined) listen(page, faults)
  else page.once('framenavigated', () => listen(page, faults))
  if (address !== undefined) await page.goto(address)
  return {
    page,
    faults,
    [Symbol.asyncDispose]: async () => {
      await restore(page)
      idle.push(page)
    },
  }
}

function listen(page: Page, faults: string[]): void {
  page.setDefaultTimeout(slowestMs)
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => {
    if (message.type() !== 'error') return
    const { url } = message.location()
    // The text of a refused resource does not say which.
    faults.push(message.text().startsWith('Failed to load') ? `${message.text()}: ${url}` : message.text())
  })
}

/** Takes back what a test has set on a page. */
async function restore(page: Page): Promise<void> {
  for (const event of ['console', 'pageerror', 'request', 'framenavigated']) page.removeAllListeners(event)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  await page.evaluate(forget)
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  await page.setViewportSize(usualViewport)
}

/** Empties what a page remembers: the language, or that the first call was made. */
function forget(): void {
  try {
    localStorage.clear()
    sessionStorage.clear()
  } catch {
    // A page that could not be loaded has none.
  }
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
