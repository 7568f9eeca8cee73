// Takes the README's pictures of the page and the command line, from an API filled with a sample day. Needs a build and
// util-linux: node apps/dashboard/tests/pictures/take-pictures.mjs
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium, freePort, startProcess } from '@quotakeeper/test-kit'
import { chromium } from 'playwright-core'
import { fillSampleDay } from './sample-day.mjs'
import { terminalPage } from './terminal-page.mjs'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const pictures = join(root, 'docs', 'pictures')

const folder = await mkdtemp(join(tmpdir(), 'quotakeeper-pictures-'))
const port = await freePort()
const origin = `http://127.0.0.1:${port}`
const api = await startProcess({
  args: [join(root, 'apps', 'api', 'dist', 'main.js')],
  cwd: folder,
  env: { QUOTA_API_PORT: String(port), QUOTA_DATABASE_URL: 'pglite:memory', QUOTA_LOG_LEVEL: 'error' },
  readyWhen: new URL(`${origin}/readyz`),
  readyTimeoutMs: 60_000,
})
const { executablePath, env } = await findChromium()
const browser = await chromium.launch({
  executablePath,
  env: { ...process.env, ...env },
  args: ['--no-sandbox'],
})
try {
  await mkdir(pictures, { recursive: true })
  await fillSampleDay(origin)
  await takePage({ path: '/', name: 'overview-light', until: 'groq_3' })
  await takePage({ path: '/', name: 'overview-dark', until: 'groq_3', colorScheme: 'dark' })
  await takePage({ path: '/providers/groq_2', name: 'provider', until: 'Latest calls' })
  await takePage({ path: '/requests/req_7308', name: 'request', until: 'Skipped', height: 570 })
  await takeTerminal('status', ['status'])
} finally {
  await browser.close()
  await api.stop()
  await rm(folder, { recursive: true, force: true })
}

/**
 * @param {{ path: string, name: string, until: string, height?: number, colorScheme?: 'light' | 'dark' }} picture
 */
async function takePage({ path, name, until, height = 820, colorScheme = 'light' }) {
  const page = await browser.newPage({ viewport: { width: 1180, height }, colorScheme })
  await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' })
  await page.getByText(until).first().waitFor()
  // Duration of the bars' animation.
  await page.waitForTimeout(600)
  await page.screenshot({ path: join(pictures, `${name}.png`) })
  await page.close()
}

/** @param {string} name @param {readonly string[]} args of the command */
async function takeTerminal(name, args) {
  const command = ['node', join(root, 'apps', 'cli', 'dist', 'main.js'), ...args].join(' ')
  // A terminal of this width, so that colours and bars are shown.
  const { stdout } = spawnSync('script', ['-qec', `stty cols 136; ${command}`, '/dev/null'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', QUOTA_API_URL: origin, TZ: 'UTC' },
  })
  const page = await browser.newPage({ viewport: { width: 1240, height: 100 } })
  await page.setContent(terminalPage(`$ qk ${args.join(' ')}\n${stdout.replaceAll('\r', '').trimEnd()}`))
  await page.locator('pre').screenshot({ path: join(pictures, `terminal-${name}.png`) })
  await page.close()
}
