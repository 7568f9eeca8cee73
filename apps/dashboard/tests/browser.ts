import { findChromium } from '@quotakeeper/test-kit'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'

/** A window wide enough for every column. */
export const usualViewport = { width: 1180, height: 800 } as const

let shared: Promise<Browser> | null = null

/**
 * The Chromium that all test files of a worker share, and that ends with the worker: files isolate what they change by
 * contexts of their own.
 *
 * @throws Error with the remedy if there is none
 */
export function startBrowser(): Promise<Browser> {
  shared ??= launch()
  return shared
}

/** A context for the pages of one test file, which share its cache and what the page remembers. */
export async function startContext(): Promise<BrowserContext> {
  const browser = await startBrowser()
  return browser.newContext({ viewport: usualViewport })
}

async function launch(): Promise<Browser> {
  const { executablePath, env } = await findChromium()
  // Containers run as root, for which Chromium has no sandbox.
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  const browser = await chromium.launch({ executablePath, env: { ...process.env, ...env }, args })
  browser.once('disconnected', () => {
    shared = null
  })
  return browser
}
