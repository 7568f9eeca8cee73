import { findChromium } from '@quotakeeper/test-kit'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'

/** A window wide enough for every column. */
export const usualViewport = { width: 1180, height: 800 } as const

let shared: Promise<Browser> | null = null

/**
 * The Chromium that all test files of a worker share, and that ends with the worker: files isolate what they change by
 * servers of their own, which are other origins.
 *
 * @throws Error with the remedy if there is none
 */
export function startBrowser(): Promise<Browser> {
  shared ??= launch()
  return shared
}

/** What a context of its own is for: everything else is taken back between files. */
type ContextOptions = Pick<BrowserContextOptions, 'locale'>

const contexts = new Map<string, Promise<BrowserContext>>()

/** Pages of each context that no test has open: each stays where it is until a test opens another address. */
export const idlePages = new WeakMap<BrowserContext, Page[]>()

/**
 * The context that all test files of a worker share, and that ends with it: a context of each file's own started
 * renderers that have compiled nothing, 61 in a run instead of 32. A file finds no cookie, permission or page at work in it.
 */
export async function startContext(options: ContextOptions = {}): Promise<BrowserContext> {
  const key = JSON.stringify(options)
  const starting = contexts.get(key) ?? makeContext(options)
  contexts.set(key, starting)
  const context = await starting
  await context.clearCookies()
  await context.clearPermissions()
  // A page of a server that has ended would ask it again and again.
  for (const page of idlePages.get(context) ?? []) await page.goto('about:blank')
  return context
}

async function makeContext(options: ContextOptions): Promise<BrowserContext> {
  const browser = await startBrowser()
  return browser.newContext({ viewport: usualViewport, ...options })
}

async function launch(): Promise<Browser> {
  const { executablePath, env } = await findChromium()
  // Containers run as root, for which Chromium has no sandbox.
  // Without threads that compile and collect beside the page's own: ten loads took 1.3 s of a core instead of 1.5.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--js-flags=--single-threaded']
  const browser = await chromium.launch({ executablePath, env: { ...process.env, ...env }, args })
  browser.once('disconnected', () => {
    shared = null
    contexts.clear()
  })
  return browser
}
