import type { AppRouter } from '@quotakeeper/api'
import { TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { z } from 'zod'
import type { LinkFetch } from './fetch-through.js'
import { type Gathered, GatheredBatches } from './gathered-batches.js'

/** Where mutations go, and which of them are in no hurry. */
export interface GatheringLinkOptions {
  /** tRPC's address, without a slash at its end. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: LinkFetch
  /** Whether a mutation may wait a little for others to leave with. */
  readonly mayWait: (path: string) => boolean
}

/** A mutation on its way. */
interface Mutation extends Gathered {
  readonly path: string
  /** Its input as JSON. */
  readonly input: string
  readonly succeed: (data: unknown) => void
  readonly fail: (cause: unknown) => void
}

const bounds = {
  // The API takes 100 calls and a mebibyte in one request.
  maxItems: 50,
  maxSize: 524_288,
  // While one is answered, the next is gathered.
  maxUnderWay: 2,
  longestWaitMs: 5,
}

const successSchema = z.object({ result: z.object({ data: z.unknown() }) })

/**
 * Sends mutations to the API, many in one request where many come at once: at 32 callers a request for each
 * took the gateway and the API more time than all the rest. tRPC's own batches wait a millisecond for company
 * even where there is none; a lone mutation leaves at once here, and one that may wait, with it.
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
      // Whoever turns the whole request away answers one object for all.
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

/** What the API, or the connection to it, says. */
function errorOf(cause: unknown): TRPCClientError<AppRouter> {
  // Takes answers of the API's for what they are; anything else becomes the cause of an unknown fault.
  return TRPCClientError.from(cause instanceof Error ? cause : Object(cause))
}
