import type { AppRouter } from '@quotakeeper/api'
import { TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { z } from 'zod'
import type { LinkFetch } from './fetch-through.js'
import { type Gathered, GatheredBatches } from './gathered-batches.js'

/** Options of the link. */
export interface GatheringLinkOptions {
  /** tRPC's address, without a final slash. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: LinkFetch
  /** Whether a mutation may be delayed to join a batch. */
  readonly mayWait: (path: string) => boolean
}

/** A pending mutation. */
interface Mutation extends Gathered {
  readonly path: string
  /** Its input as JSON. */
  readonly input: string
  readonly succeed: (data: unknown) => void
  readonly fail: (cause: unknown) => void
}

const bounds = {
  // The API accepts 100 calls and 1 MiB per request.
  maxItems: 50,
  maxSize: 524_288,
  // While one batch is in flight, the next is collected.
  maxUnderWay: 2,
  longestWaitMs: 5,
}

const successSchema = z.object({ result: z.object({ data: z.unknown() }) })

/**
 * Sends mutations to the API, batched if many are concurrent: with 32 callers, one request each took the gateway and
 * the API more time than everything else. tRPC's own batching always waits a millisecond; here a single mutation is
 * sent at once, together with those that may wait.
 */
export function gatheringLink({ url, headers, fetch, mayWait }: GatheringLinkOptions): TRPCLink<AppRouter> {
  const batches = new GatheredBatches<Mutation>(async mutations => {
    try {
      const paths = mutations.map(({ path }) => path).join(',')
      const answer = await fetch(`${url}/${paths}?batch=1`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: `{${mutations.map(({ input }, index) => `"${index}":${input}`).join(',')}}`,
      })
      const results: unknown = await answer.json()
      // A refusal of the whole request is one object for all calls.
      for (const [index, mutation] of mutations.entries())
        report(mutation, Array.isArray(results) ? results[index] : results)
    } catch (error) {
      for (const { fail } of mutations) fail(error)
    }
  }, bounds)
  return () =>
    ({ op: { path, input } }) =>
      observable(observer => {
        const text = JSON.stringify(input)
        batches.add({
          path,
          input: text,
          size: Buffer.byteLength(text),
          mayWait: mayWait(path),
          succeed: data => {
            observer.next({ result: { type: 'data', data } })
            observer.complete()
          },
          fail: cause => observer.error(errorOf(cause)),
        })
      })
}

function report({ succeed, fail }: Mutation, result: unknown): void {
  const success = successSchema.safeParse(result)
  if (success.success) succeed(success.data.result.data)
  else fail(result)
}

/** Converts an error of the API or its connection. */
function errorOf(cause: unknown): TRPCClientError<AppRouter> {
  // Recognises errors of the API; anything else becomes the cause of an unknown error.
  return TRPCClientError.from(cause instanceof Error ? cause : Object(cause))
}
