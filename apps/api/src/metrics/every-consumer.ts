import { type ConsumerStats, maxConsumersOfPage, type QuotaService } from '@quotakeeper/quota-core'

/** Most consumers that a scrape reads, in pages. */
const maxPages = 2

/**
 * The stats of all consumers, by name, at most the first 20,000.
 * @throws QuotaError STORE_UNAVAILABLE, READ_REFUSED
 */
export async function everyConsumer({
  consumers,
}: Pick<QuotaService, 'consumers'>): Promise<readonly ConsumerStats[]> {
  const every: ConsumerStats[] = []
  let cursor: string | null = null
  for (let page = 0; page < maxPages; page++) {
    const { rows, nextCursor } = await consumers.allStats({ cursor, pageSize: maxConsumersOfPage })
    every.push(...rows)
    cursor = nextCursor
    if (cursor === null) break
  }
  return every
}
