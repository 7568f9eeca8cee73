import assert from 'node:assert/strict'
import type { Answer, ReserveAnswer } from '../domain/outcome.js'
import { type ConsumerInput, consumerSchema } from '../input/consumer-input.js'
import { parse } from '../input/parse.js'
import { ConsumerService } from '../service/consumer-service.js'
import { commit, reserve } from './commands.js'
import type { Fixture } from './fixture.js'

/** Who changes settings in the cases. */
export const byApi = { actor: 'admin', managedBy: 'api' } as const

/** Consumers of one case. */
export class Consumers {
  readonly service: ConsumerService
  readonly #fixture: Fixture

  constructor(fixture: Fixture) {
    this.#fixture = fixture
    this.service = new ConsumerService(fixture.store)
  }

  /** Creates or changes one; in the zone of the case unless given. */
  async set(label: string, settings: Partial<ConsumerInput> = {}): Promise<string> {
    const name = this.#fixture.name(label)
    const { timeZone } = this.#fixture
    await this.service.upsert(parse(consumerSchema, { timeZone, ...settings, name }), byApi)
    return name
  }

  reserve(providerName: string, asked: Parameters<typeof reserve>[2]): Promise<ReserveAnswer> {
    return this.#fixture.answer(reserve(this.#fixture.id(), providerName, asked))
  }

  /** Reserves and commits one request; whether it was granted. */
  async spend(providerName: string, asked: Parameters<typeof reserve>[2]): Promise<boolean> {
    const answer = await this.reserve(providerName, asked)
    if (answer.decision === 'granted') await this.#fixture.answer(commit(answer.reservationId))
    return answer.decision === 'granted'
  }

  /** Used and held units of each limit of a consumer, by limit and user. */
  async figures(name: string): Promise<Readonly<Record<string, readonly [number, number]>>> {
    const { limits } = await this.service.stats(name)
    return Object.fromEntries(
      limits.map(({ id, user, used, held }) => [user === null ? id : `${id} ${user}`, [used, held]]),
    )
  }
}

/** The reasons of a denial: kind and name of the subject, limit, and code. */
export function reasonsOf(answer: Answer): readonly (readonly [string, string, string | null, string])[] {
  assert.ok('decision' in answer && answer.decision === 'denied')
  return answer.reasons.map(({ subject, limitId, code }) => [subject.kind, subject.name, limitId, code])
}
