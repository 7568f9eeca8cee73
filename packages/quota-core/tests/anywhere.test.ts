import { fileURLToPath } from 'node:url'
import { findChromium } from '@quotakeeper/test-kit'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundle } from './anywhere/bundle.js'
import { spendADay } from './anywhere/spend-a-day.js'

const program = fileURLToPath(new URL('anywhere/spend-a-day.ts', import.meta.url))
const entryOf = (name: string): string => fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url))

const spent = [
  'granted',
  'granted',
  'ID_REUSED',
  ['characters/day has no room, back at 2026-11-29T08:00:00.000Z'],
  12_960,
  'critical',
  'critical',
  0.1,
]

let browser: Browser
beforeAll(async () => {
  const { executablePath, env } = await findChromium()
  const args = ['--no-sandbox', '--disable-dev-shm-usage']
  browser = await chromium.launch({ executablePath, env: { ...process.env, ...env }, args })
})
afterAll(() => browser?.close())

test('the test program runs in Node.js', async () => {
  expect(await spendADay()).toEqual(spent)
})

test.each(['browser', 'worker'] as const)('a bundle for a %s imports nothing of Node.js', async target => {
  for (const entry of ['index', 'rules']) {
    const { code, nodeImports } = await bundle(entryOf(entry), target)
    expect(nodeImports, entry).toEqual([])
    expect(code, entry).not.toMatch(/['"]node:|__vite-browser-external|\brequire\(|\bprocess\.|\bBuffer\b/)
  }
})

test('the entry point rules bundles neither schemas nor calendars', async () => {
  const { files } = await bundle(entryOf('rules'), 'browser')
  const packages = files.map(file => /node_modules\/(?!\.pnpm)([^/]+)/.exec(file)?.[1] ?? 'quota-core')
  expect([...new Set(packages)].sort()).toEqual(['quota-core', 'uuid'])
})

test('the memory store runs in a browser', async () => {
  const { code } = await bundle(program, 'browser')
  const page = await browser.newPage()
  expect(await page.evaluate(`${code};bundled.spendADay()`)).toEqual(spent)
  await page.close()
})

test('and in a worker', async () => {
  const { code } = await bundle(program, 'worker')
  const script = `${code};bundled.spendADay().then(postMessage, error => postMessage(String(error)))`
  const page = await browser.newPage()
  const answer = await page.evaluate(`new Promise(resolve => {
    const url = URL.createObjectURL(new Blob([${JSON.stringify(script)}], { type: 'text/javascript' }))
    const worker = new Worker(url)
    worker.onmessage = ({ data }) => resolve(data)
    worker.onerror = ({ message }) => resolve(message)
  })`)
  expect(answer).toEqual(spent)
  await page.close()
})
