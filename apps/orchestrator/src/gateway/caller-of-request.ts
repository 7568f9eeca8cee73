import type { FastifyRequest } from 'fastify'
import { type Caller, callerOf } from '../callers/caller.js'
import { readConsumer } from './read-names.js'

/** Whose part of what callers share a request takes. A name that is refused later is nobody's. */
export function callerOfRequest({
  tokenConsumer,
  headers,
}: Pick<FastifyRequest, 'tokenConsumer' | 'headers'>): Caller {
  return callerOf({ tokenConsumer, consumer: readConsumer(headers) ?? '' })
}
