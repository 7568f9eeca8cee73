import {
  type ConsumerTree,
  consumerKind,
  type OwnersQuery,
  QuotaError,
  type QuotaService,
} from '@quotakeeper/quota-core'

const namesAtOnce = 1_000
/** Most consumers of one token, in pages. */
const maxPages = 20

/** The tree of the registered consumers. */
export function consumerTreeOf(service: QuotaService): ConsumerTree {
  return {
    isWithin: (name, ancestor) => service.consumers.isWithin(name, ancestor),
    within: ancestor => namesWithin(service, ancestor),
    isRemoved: async name => {
      const ref = { kind: consumerKind, name }
      const { state } = await service.read({ type: 'subjects', subjects: [ref] })
      const owner = state.owner(ref)
      return owner !== undefined && owner.removedAtMs !== null
    },
  }
}

async function namesWithin(service: QuotaService, ancestor: string): Promise<readonly string[]> {
  const names = new Set([ancestor])
  let cursor: string | null = null
  for (let page = 0; page < maxPages; page++) {
    const query: OwnersQuery = {
      ...{ type: 'owners', kind: consumerKind, under: ancestor },
      ...{ cursor, pageSize: namesAtOnce },
    }
    const { rows, nextCursor } = await service.read(query)
    for (const { name } of rows) names.add(name)
    cursor = nextCursor
    if (cursor === null) return [...names]
  }
  throw new QuotaError(
    'READ_REFUSED',
    `"${ancestor}" has more than ${maxPages * namesAtOnce} consumers below it: name one of them`,
  )
}
