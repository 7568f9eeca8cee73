import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { fastify } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { servePage } from '../src/server/page/serve-page.js'

const script = 'export {}'
let built: string

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'quotakeeper-built-'))
  await mkdir(join(built, 'assets'))
  await writeFile(join(built, 'index.html'), '<title>Quotakeeper</title>')
  await writeFile(join(built, 'assets', 'index-abc.js'), script)
  await writeFile(join(built, 'assets', 'index-abc.js.gz'), gzipSync(script))
})

afterAll(() => rm(built, { recursive: true }))

/** The paths that the dashboard routes, with a name in place of each parameter. */
async function pathsOfDashboard(): Promise<readonly string[]> {
  const source = await readFile(new URL('../../dashboard/src/app.tsx', import.meta.url), 'utf8')
  const paths = [...source.matchAll(/<Route path="([^"]+)"/g)].map(([, path = '']) => path)
  return paths.map(path => path.replace(/:\w+/, 'groq_1'))
}

test('every route of the dashboard returns its page, uncached, with a strict policy', async () => {
  await using app = fastify()
  servePage(app, built, '')
  const paths = await pathsOfDashboard()
  expect(paths).toEqual(expect.arrayContaining(['/', '/providers/groq_1', '/usage']))
  for (const url of paths) {
    const { statusCode, body, headers } = await app.inject(url)
    expect([url, statusCode, body]).toEqual([url, 200, '<title>Quotakeeper</title>'])
    expect(headers['content-security-policy']).toMatch(/^default-src 'self'; .*frame-ancestors 'none'/)
    expect(headers['cache-control']).toBe('no-store')
  }
})

test('under a prefix the addresses in the page begin with it, and so does what the script is given', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'quotakeeper-built-'))
  const page = (to: string, prefix: string): string =>
    `<meta name="path-prefix" content="${prefix}" /><link href="${to}/icon.svg"><script src="${to}/assets/a.js"></script>`
  await writeFile(join(directory, 'index.html'), page('.', ''))
  for (const prefix of ['', '/quota/deep']) {
    await using app = fastify()
    servePage(app, directory, prefix)
    expect((await app.inject('/providers/groq_1')).body).toBe(page(prefix, prefix))
  }
  await rm(directory, { recursive: true })
})

test('files with a content hash in their name are cached permanently', async () => {
  await using app = fastify()
  servePage(app, built, '')
  const { statusCode, headers } = await app.inject('/assets/index-abc.js')
  expect([statusCode, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
})

test('files that are built compressed are sent so to who accepts it', async () => {
  await using app = fastify()
  servePage(app, built, '')
  const answers = []
  for (const encoding of ['gzip, deflate', 'identity']) {
    const { headers, rawPayload } = await app.inject({
      url: '/assets/index-abc.js',
      headers: { 'accept-encoding': encoding },
    })
    expect(headers).toMatchObject({
      'content-type': expect.stringContaining('javascript'),
      'cache-control': 'public, max-age=31536000, immutable',
      vary: expect.stringMatching(/accept-encoding/i),
    })
    const isCompressed = headers['content-encoding'] === 'gzip'
    answers.push([isCompressed, (isCompressed ? gunzipSync(rawPayload) : rawPayload).toString()])
  }
  expect(answers).toEqual([
    [true, script],
    [false, script],
  ])
})

test.each(['/assets/none.js', '/assets/../../secret', '/assets/..%2f..%2fsecret', '/.env', '/nowhere'])(
  '%s is not part of the dashboard',
  async url => {
    await using app = fastify()
    servePage(app, built, '')
    expect((await app.inject(url)).statusCode).toBeGreaterThanOrEqual(400)
  },
)

test('without a built dashboard, the answer states how to build it', async () => {
  await using app = fastify()
  servePage(app, join(built, 'nowhere'), '')
  const { statusCode, body } = await app.inject('/')
  expect(statusCode).toBe(200)
  expect(body).toContain('npx -y pnpm@12.4.2 build')
})
