/**
 * @typedef {{ http: ReturnType<typeof import('../src/http-client.mjs').httpClient>,
 *   run: (args: readonly string[]) => Promise<unknown> }} Side
 */

/**
 * What is read of providers, and the same of consumers.
 * @param {{ providers: Side, consumers: Side }} sides
 * @returns {Promise<readonly { name: string, providers: () => Promise<unknown>, consumers: () => Promise<unknown> }[]>}
 */
export async function pairs({ providers: { http: ofProviders, run: runOfProviders }, consumers }) {
  const { http: ofConsumers, run } = consumers
  let turn = 0
  const cursors = {
    providers: await cursorAfter(5_000, page => ofProviders.query('providers.list', page)),
    consumers: await cursorAfter(5_000, page => ofConsumers.query('consumers.list', page)),
  }
  const page = (/** @type {number} */ pageSize) => ({
    providers: { cursor: cursors.providers, pageSize },
    consumers: { cursor: cursors.consumers, pageSize },
  })
  const [few, many] = [page(100), page(1_000)]
  return [
    {
      name: 'stats of one',
      providers: () => ofProviders.query('stats.get', { providerName: `key_${turn++ % 5_000}` }),
      consumers: () => ofConsumers.query('consumers.stats', { name: `tenant_${1 + (turn++ % 5_000)}` }),
    },
    {
      name: 'stats of the root; of a provider',
      providers: () => ofProviders.query('stats.get', { providerName: 'key_7' }),
      consumers: () => ofConsumers.query('consumers.stats', { name: 'root' }),
    },
    {
      name: 'settings, a page of 100',
      providers: () => ofProviders.query('providers.list', few.providers),
      consumers: () => ofConsumers.query('consumers.list', few.consumers),
    },
    {
      name: 'settings, a page of 1,000',
      providers: () => ofProviders.query('providers.list', many.providers),
      consumers: () => ofConsumers.query('consumers.list', many.consumers),
    },
    {
      name: 'stats, a page of 100; of all providers',
      providers: () => ofProviders.query('stats.all'),
      consumers: () => ofConsumers.query('consumers.allStats', few.consumers),
    },
    {
      name: 'stats, a page of 1,000; of all providers',
      providers: () => ofProviders.query('stats.all'),
      consumers: () => ofConsumers.query('consumers.allStats', many.consumers),
    },
    {
      name: 'children of the root, a page of 100; settings of providers',
      providers: () => ofProviders.query('providers.list', few.providers),
      consumers: () => ofConsumers.query('consumers.allStats', { parent: 'root', ...few.consumers }),
    },
    {
      name: 'the screen',
      providers: () => ofProviders.query('stats.all'),
      consumers: () =>
        Promise.all(
          ['consumers.list', 'consumers.allStats'].map(what => ofConsumers.query(what, { pageSize: 100 })),
        ),
    },
    {
      name: 'stats of all 10,000',
      providers: () => ofProviders.query('stats.all'),
      consumers: () => everyPage(input => ofConsumers.query('consumers.allStats', input)),
    },
    {
      name: 'qk status --json; --consumer root',
      providers: () => runOfProviders(['status', '--json']),
      consumers: () => run(['status', '--json', '--consumer', 'root']),
    },
    {
      name: 'qk status; --consumer root',
      providers: () => runOfProviders(['status']),
      consumers: () => run(['status', '--consumer', 'root']),
    },
    {
      name: '/metrics',
      providers: () => ofProviders.text('/metrics'),
      consumers: () => ofConsumers.text('/metrics'),
    },
    {
      name: 'a new one',
      providers: () =>
        ofProviders.mutate('providers.upsert', { name: `new_${turn++}`, vendor: 'v', limits: [] }),
      consumers: () => ofConsumers.mutate('consumers.upsert', { name: `new_${turn++}`, parent: 'root' }),
    },
  ]
}

/** @param {(input: object) => Promise<any>} read */
async function everyPage(read) {
  let input = { pageSize: 1_000 }
  for (;;) {
    const { nextCursor } = await read(input)
    if (nextCursor === null) return
    input = { pageSize: 1_000, cursor: nextCursor }
  }
}

/** The cursor after some rows. @param {number} rows @param {(page: object) => Promise<any>} read */
async function cursorAfter(rows, read) {
  let cursor
  for (let at = 0; at < rows; at += 1_000) {
    const page = await read(cursor === undefined ? { pageSize: 1_000 } : { pageSize: 1_000, cursor })
    cursor = page.nextCursor
  }
  return cursor
}
