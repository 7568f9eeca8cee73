import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fastify } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { servePage } from '../src/server/page/serve-page.js'

let built: string

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'quotakeeper-built-'))
  await mkdir(join(built, 'assets'))
  await writeFile(join(built, 'index.html'), '<title>Quotakeeper</title>')
  await writeFile(join(built, 'assets', 'index-abc.js'), 'export {}')
})

afterAll(() => rm(built, { recursive: true }))

test('every address of the page is the page, never kept, under a strict policy', async () => {
  await using app = fastify()
  servePage(app, built)
  for (const url of ['/', '/providers/groq_1', '/requests', '/requests/req_1', '/usage', '/alerts']) {
    const { statusCode, body, headers } = await app.inject(url)
    expect([url, statusCode, body]).toEqual([url, 200, '<title>Quotakeeper</title>'])
    expect(headers['content-security-policy']).toMatch(/^default-src 'self'; .*frame-ancestors 'none'/)
    expect(headers['cache-control']).toBe('no-store')
  }
})

test('parts whose names change with their content are kept for good', async () => {
  await using app = fastify()
  servePage(app, built)
  const { statusCode, headers } = await app.inject('/assets/index-abc.js')
  expect([statusCode, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
})

test.each(['/assets/none.js', '/assets/../../secret', '/assets/..%2f..%2fsecret', '/.env', '/nowhere'])(
  '%s is none of the page',
  async url => {
    await using app = fastify()
    servePage(app, built)
    expect((await app.inject(url)).statusCode).toBeGreaterThanOrEqual(400)
  },
)

test('a page that was not built says how to build it', async () => {
  await using app = fastify()
  servePage(app, join(built, 'nowhere'))
  const { statusCode, body } = await app.inject('/')
  expect(statusCode).toBe(200)
  expect(body).toContain('npx -y pnpm@12.4.2 build')
})
