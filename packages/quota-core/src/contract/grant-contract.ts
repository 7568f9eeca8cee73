import assert from 'node:assert/strict'
import type { GrantQuotaCommand } from '../domain/command.js'
import type { SubjectRef } from '../domain/subject.js'
import { consumerSchema, planSchema } from '../input/consumer-input.js'
import { parse } from '../input/parse.js'
import { ConsumerService } from '../service/consumer-service.js'
import { commit, limit, record, reserve, upsertProvider } from './commands.js'
import { besideCase, contractCase, roughClockCase, type StoreContractCase } from './contract-case.js'
import type { Fixture } from './fixture.js'

const hourMs = 3_600_000
const requests = (requestCount: number) => ({ counts: { requestCount } })

/** A grant to a limit of a provider; an hour long unless given. */
async function grantOf(
  fixture: Fixture,
  name: string,
  grant: Partial<GrantQuotaCommand> & Pick<GrantQuotaCommand, 'amount'>,
): Promise<GrantQuotaCommand> {
  const subject: SubjectRef = { kind: 'provider', name }
  const untilMs = (await fixture.nowMs()) + hourMs
  const command = { type: 'grantQuota', id: fixture.id(), subject, untilMs, actor: 'admin' } as const
  return { limitId: 'requests/month', ...command, ...grant }
}

async function decisionOf(fixture: Fixture, name: string, count = 1): Promise<string> {
  return (await fixture.answer(reserve(fixture.id(), name, requests(count)))).decision
}

const monthly = limit({ window: 'month', max: 100 })

/** Units added to limits until an instant. */
export const grantCases: readonly StoreContractCase[] = [
  contractCase('what is granted is spent exactly, by parallel calls too', async fixture => {
    const byFile = { actor: 'file', managedBy: 'file' } as const
    const name = await fixture.provider('a', { limits: [monthly], ...byFile })
    await fixture.answer(record(fixture.id(), name, requests(100)))
    assert.equal(await decisionOf(fixture, name), 'denied')
    const grant = await grantOf(fixture, name, { amount: 20 })
    const granted = await fixture.answer(grant)
    const until = new Date(grant.untilMs).toISOString()
    assert.deepEqual(granted, {
      subject: { kind: 'provider', name },
      limitId: monthly.id,
      max: 120,
      grants: [{ amount: 20, until }],
    })
    const decisions = await Promise.all(Array.from({ length: 50 }, () => decisionOf(fixture, name)))
    assert.equal(decisions.filter(decision => decision === 'granted').length, 20)
    const { max, used, held, remaining, grants } = await fixture.limit(name, monthly.id)
    assert.deepEqual([max, used, held, remaining, grants], [120, 100, 20, 0, granted.grants])
    // The file is applied at each start, and changes nothing.
    const versionOf = async () =>
      (await fixture.store.read({ type: 'snapshot', providerNames: [name] })).state.subject({
        kind: 'provider',
        name,
      })?.version
    const version = await versionOf()
    await fixture.provider('a', { limits: [monthly], ...byFile })
    assert.equal(await versionOf(), version)
    assert.equal((await fixture.limit(name, monthly.id)).max, 120)
    // A changed limit keeps it; one that counts something else does not.
    await fixture.provider('a', { limits: [{ ...monthly, max: 101 }], ...byFile })
    assert.equal((await fixture.limit(name, monthly.id)).max, 121)
    assert.equal(await decisionOf(fixture, name), 'granted')
    await fixture.provider('a', { limits: [{ ...monthly, metric: 'characters' }], ...byFile })
    assert.deepEqual((await fixture.limit(name, monthly.id)).grants, [])
  }),

  roughClockCase('after a grant has ended, what it allowed is denied again', async fixture => {
    const name = await fixture.provider('a', { limits: [limit({ window: 'total', max: 10 })] })
    const toTotal = { limitId: 'requests/total' }
    await fixture.answer(record(fixture.id(), name, requests(10)))
    await fixture.answer(await grantOf(fixture, name, { ...toTotal, amount: 5 }))
    const untilMs = (await fixture.nowMs()) + 3 * hourMs
    await fixture.answer(await grantOf(fixture, name, { ...toTotal, amount: 2, untilMs }))
    assert.equal(await decisionOf(fixture, name, 6), 'granted')
    await fixture.advance(hourMs + 1_000)
    assert.equal((await fixture.limit(name, 'requests/total')).max, 12)
    assert.equal(await decisionOf(fixture, name), 'denied')
    const id = fixture.id()
    await fixture.answer(await grantOf(fixture, name, { ...toTotal, id, amount: 9 }))
    assert.equal(await decisionOf(fixture, name, 5), 'granted')
    await fixture.advance(2 * hourMs)
    const denied = await fixture.answer(reserve(fixture.id(), name))
    assert.ok(denied.decision === 'denied' && denied.retryAt === null)
    assert.equal((await fixture.stats(name)).status, 'disabled')
  }),

  contractCase('a call is not told to return when a grant that it needs has ended', async fixture => {
    const limits = [limit({ max: 3 }), limit({ window: 'total', max: 3 })]
    const name = await fixture.provider('a', { limits })
    await fixture.answer(record(fixture.id(), name, requests(3)))
    const toTotal = { limitId: 'requests/total', amount: 5 }
    await fixture.answer(await grantOf(fixture, name, toTotal))
    const denied = await fixture.answer(reserve(fixture.id(), name))
    assert.ok(denied.decision === 'denied' && denied.retryAt === null)
    assert.deepEqual(
      denied.reasons.map(({ limitId }) => limitId),
      ['requests/day'],
    )
    const untilMs = (await fixture.nowMs()) + 24 * hourMs
    await fixture.answer(await grantOf(fixture, name, { ...toTotal, amount: 1, untilMs }))
    const again = await fixture.answer(reserve(fixture.id(), name))
    assert.ok(again.decision === 'denied')
    assert.equal(again.retryAt, (await fixture.limit(name, 'requests/day')).resetsAt)
  }),

  contractCase('a repeated grant is added once, and past ones make room', async fixture => {
    const name = await fixture.provider('a', { limits: [monthly] })
    const grant = await grantOf(fixture, name, { amount: 7 })
    const first = await fixture.answer(grant)
    assert.deepEqual(await fixture.answer(grant), first)
    assert.equal((await fixture.limit(name, monthly.id)).max, 107)
    await fixture.refusal({ ...grant, amount: 8 }, 'ID_REUSED')
    for (let count = 1; count < 20; count++) await fixture.answer(await grantOf(fixture, name, { amount: 1 }))
    assert.equal((await fixture.limit(name, monthly.id)).max, 126)
    assert.equal(
      (await fixture.refusal(await grantOf(fixture, name, { amount: 1 }), 'INVALID_INPUT')).field,
      'limitId',
    )
  }),

  contractCase('a grant that cannot be is refused by its field', async fixture => {
    const limits = [monthly, limit({ id: 'free', max: null })]
    const name = await fixture.provider('a', { limits })
    const nowMs = await fixture.nowMs()
    const refused = async (grant: Partial<GrantQuotaCommand>) =>
      (await fixture.refusal(await grantOf(fixture, name, { amount: 1, ...grant }), 'INVALID_INPUT')).field
    assert.equal(await refused({ limitId: 'requests/day' }), 'limitId')
    assert.equal(await refused({ limitId: 'free' }), 'limitId')
    assert.equal(await refused({ untilMs: nowMs }), 'until')
    assert.equal(await refused({ amount: Number.MAX_SAFE_INTEGER }), 'amount')
    const nobody: SubjectRef = { kind: 'provider', name: fixture.name('nobody') }
    await fixture.refusal(await grantOf(fixture, name, { amount: 1, subject: nobody }), 'UNKNOWN_PROVIDER')
  }),

  contractCase('alerts are by what is allowed with grants, and start anew with one', async fixture => {
    const name = await fixture.provider('a', { limits: [monthly] })
    await fixture.answer(record(fixture.id(), name, requests(95)))
    await fixture.answer(await grantOf(fixture, name, { amount: 100 }))
    await fixture.answer(record(fixture.id(), name, requests(60)))
    assert.equal((await fixture.stats(name)).status, 'available')
    await fixture.answer(record(fixture.id(), name, requests(5)))
    const alerts = await fixture.alerts({ kind: 'provider', name })
    assert.deepEqual(
      alerts.map(({ thresholdPercent, used, max }) => [thresholdPercent, used, max]),
      [
        [80, 95, 100],
        [90, 95, 100],
        [80, 160, 200],
      ],
    )
  }),

  contractCase('pools, rolling limits and calls in flight can be granted more', async fixture => {
    const rolling = limit({ window: 'rolling-1d', max: 10 })
    const pool = await fixture.pool('p', { limits: [rolling] })
    const inFlight = limit({ metric: 'concurrency', window: null, max: 1 })
    const name = await fixture.provider('a', { pool, limits: [inFlight] })
    const toPool = { limitId: rolling.id, subject: { kind: 'pool', name: pool } as const }
    const untilMs = (await fixture.nowMs()) + 6 * hourMs
    await fixture.answer(await grantOf(fixture, name, { ...toPool, amount: 4, untilMs }))
    await fixture.answer(await grantOf(fixture, name, { limitId: 'concurrency', amount: 1 }))
    const first = fixture.id()
    await fixture.answer(reserve(first, name, requests(12)))
    assert.equal(await decisionOf(fixture, name), 'granted')
    assert.equal(await decisionOf(fixture, name), 'denied')
    await fixture.answer(commit(first, requests(12)))
    const denied = await fixture.answer(reserve(fixture.id(), name, requests(3)))
    assert.ok(denied.decision === 'denied')
    // 13 of 14 are spent or held: two must return at 10 a day, while the grant lasts.
    const waitHours = (Date.parse(denied.retryAt ?? '') - (await fixture.nowMs())) / hourMs
    assert.ok(waitHours > 4.7 && waitHours < 4.9, `${waitHours} hours`)
    const larger = await fixture.answer(reserve(fixture.id(), name, requests(5)))
    assert.ok(larger.decision === 'denied')
    // The grant will have ended before: 8 of 13 must return.
    const longer = (Date.parse(larger.retryAt ?? '') - (await fixture.nowMs())) / hourMs
    assert.ok(longer > 19.1 && longer < 19.3, `${longer} hours`)
  }),

  contractCase('a reset and a moved month keep grants', async fixture => {
    const name = await fixture.provider('a', { limits: [monthly] })
    await fixture.answer(record(fixture.id(), name, requests(100)))
    await fixture.answer(await grantOf(fixture, name, { amount: 3 }))
    const subject = { kind: 'provider', name } as const
    await fixture.answer({ type: 'resetUsage', id: fixture.id(), subject, actor: 'admin' })
    await fixture.answer(upsertProvider(name, { monthStartsOn: 9 }))
    const { max, used } = await fixture.limit(name, monthly.id)
    assert.deepEqual([max, used], [103, 0])
  }),

  contractCase(
    'a consumer is granted more of its plan’s limits, and keeps it when the plan changes',
    async fixture => {
      const consumers = new ConsumerService(fixture.store)
      const byApi = { actor: 'admin', managedBy: 'api' } as const
      const plan = fixture.name('pro')
      const planOf = (max: number) => parse(planSchema, { name: plan, limits: [{ ...monthly, max }] })
      await consumers.upsertPlan(planOf(2), byApi)
      const team = fixture.name('team')
      const settings = {
        name: team,
        plan,
        timeZone: fixture.timeZone,
        limits: [{ metric: 'concurrency', max: 4 }],
      }
      await consumers.upsert(parse(consumerSchema, settings), byApi)
      const name = await fixture.provider('a')
      const subject = { kind: 'consumer', name: team } as const
      await fixture.answer(await grantOf(fixture, name, { subject, amount: 1 }))
      const decisions = async (count: number) => {
        const calls = Array.from({ length: count }, () => reserve(fixture.id(), name, { consumer: team }))
        const answers = await Promise.all(calls.map(call => fixture.answer(call)))
        return answers.filter(({ decision }) => decision === 'granted').length
      }
      assert.equal(await decisions(6), 3)
      await consumers.upsertPlan(planOf(5), byApi)
      assert.equal(await decisions(6), 1, 'four calls are in flight')
      const { limits } = await consumers.stats(team)
      assert.deepEqual(
        limits.map(({ id, max, held }) => [id, max, held]),
        [
          ['concurrency', 4, 4],
          ['requests/month', 6, 4],
        ],
      )
      const toPlan = { subject: { kind: 'plan', name: plan } as const, amount: 1 }
      await fixture.refusal(await grantOf(fixture, name, toPlan), 'INVALID_INPUT')
      const toNobody = { subject: { kind: 'consumer', name: fixture.name('label') } as const, amount: 1 }
      await fixture.refusal(await grantOf(fixture, name, toNobody), 'UNKNOWN_CONSUMER')
    },
  ),

  besideCase('a process spends what another has granted', async (fixture, beside) => {
    const name = await fixture.provider('a', { limits: [monthly] })
    await fixture.answer(record(fixture.id(), name, requests(100)))
    const reserveBeside = () => beside.execute([reserve(fixture.id(), name)])
    await reserveBeside()
    await fixture.answer(await grantOf(fixture, name, { amount: 5 }))
    const outcomes = (await Promise.all(Array.from({ length: 9 }, reserveBeside))).flat()
    const granted = outcomes.filter(
      outcome => outcome.ok && 'decision' in outcome.answer && outcome.answer.decision === 'granted',
    )
    assert.equal(granted.length, 5)
  }),
]
