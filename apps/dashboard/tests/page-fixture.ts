import type { AppRouter } from '@quotakeeper/api'
import { type PreparedApi, prepareApi, startApplication, startInstance } from '@quotakeeper/test-kit'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { usualViewport } from './browser.js'

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
  const prepared = await prepare(options)
  const instance = await startInstance('api', prepared)
  return {
    origin: instance.origin,
    client: clientAt(instance.origin, options.token),
    output: () => instance.output(),
    [Symbol.asyncDispose]: async () => {
      await instance.stop()
      await prepared.remove()
    },
  }
}

/** For tests that kill the API. */
export async function startPageProcess(options: PageFixtureOptions = {}): Promise<PageProcess> {
  const prepared = await prepare(options)
  const api = await startApplication('api', prepared)
  return {
    origin: api.origin,
    client: clientAt(api.origin, options.token),
    output: api.output,
    kill: async () => {
      await api.process.kill('SIGKILL')
    },
    restart: api.restart,
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]()
      await prepared.remove()
    },
  }
}

function clientAt(origin: string, token: string | undefined): TRPCClient<AppRouter> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${origin}/trpc`, headers })] })
}

function prepare({ environment, config }: PageFixtureOptions): Promise<PreparedApi> {
  return prepareApi({
    environment: { QUOTA_LOG_LEVEL: 'error', ...environment },
    files: config === undefined ? {} : { 'quotakeeper.config.yaml': config },
  })
}

/** Longest wait for an element; the error names it. */
const slowestMs = 120_000

/** A page and its errors. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** Script errors, refused resources and violations of the page's policy. */
  readonly faults: readonly string[]
}

/** Pages of each context that no test has open: each stays where it is until a test opens another address. */
const idlePages = new WeakMap<BrowserContext, Page[]>()

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
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  await page.setViewportSize(usualViewport)
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
