import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { type CallsReport, createQuotaApi } from '../../api/quota-api.js'
import { CallFiguresQueue } from './call-figures-queue.js'
import { figuresOfTurnedAway } from './figures-of-attempt.js'

/** How an API answers: it takes the report, has taken it but says nothing, or fails with a code. */
type Answer = 'taken' | 'lost' | 'SERVICE_UNAVAILABLE' | 'NOT_FOUND'

const cameAtMs = Date.parse('2026-11-29T12:34:56Z')
const turnedAway = (model: string) => figuresOfTurnedAway({ model, consumer: '', cameAtMs })

/** An API on its own port that receives reports, and answers them in turn; the last answer again and again. */
async function startListener(...answers: readonly Answer[]) {
  const reports: CallsReport[] = []
  const respond = (text: string, request: IncomingMessage, response: ServerResponse): void => {
    const answer = answers[Math.min(reports.length, answers.length - 1)]
    // A batch of one call, as the client of the API sends it.
    reports.push(...Object.values(JSON.parse(text) as Record<string, CallsReport>))
    if (answer === 'lost') return void request.socket.destroy()
    const data = { code: answer, httpStatus: 500, quotaCode: null }
    const body = answer === 'taken' ? { result: { data: {} } } : { error: { message: 'no', code: 0, data } }
    response.writeHead(answer === 'taken' ? 200 : 500, { 'content-type': 'application/json' })
    response.end(JSON.stringify([body]))
  }
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', chunk => {
      text += chunk
    })
    request.on('end', () => respond(text, request, response))
  })
  await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
  const api = createQuotaApi({ url: `http://127.0.0.1:${address.port}`, token: null })
  return {
    reports,
    queue: new CallFiguresQueue({ api, log: pino({ level: 'silent' }) }),
    [Symbol.asyncDispose]: async () => {
      await api.close()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

test('a report whose answer was lost is sent again unchanged, with its number', async () => {
  await using listener = await startListener('lost', 'SERVICE_UNAVAILABLE', 'taken')
  const { queue, reports } = listener
  queue.add(turnedAway('m'))
  queue.add(turnedAway('m'))
  await queue.stop()
  queue.add(turnedAway('m'))
  await queue.stop()
  expect(reports.map(({ number }) => number)).toEqual([1, 1, 1, 2])
  expect(reports[2]).toEqual(reports[0])
  expect(reports.map(({ calls }) => calls.map(({ turnedAwayCount }) => turnedAwayCount))).toEqual([
    [2],
    [2],
    [2],
    [1],
  ])
  expect(new Set(reports.map(({ reporter }) => reporter)).size).toBe(1)
})

test('until they are sent, a bounded number of sums is kept, and no call is lost', async () => {
  await using listener = await startListener('taken')
  const { queue, reports } = listener
  for (let index = 0; index < 1_500; index++) queue.add(turnedAway(`m${index}`))
  await queue.stop()
  const calls = reports.flatMap(report => report.calls)
  expect(Math.max(...reports.map(report => report.calls.length))).toBe(100)
  expect(reports.map(({ number }) => number)).toEqual([1, 2, 3])
  expect(calls).toHaveLength(201)
  expect(calls.at(-1)).toMatchObject({ isOther: true, model: '', turnedAwayCount: 1_300 })
})

test('an API of the previous release, which has no such procedure, is not asked again for the same report', async () => {
  await using listener = await startListener('NOT_FOUND')
  const { queue, reports } = listener
  queue.add(turnedAway('m'))
  await queue.stop()
  queue.add(turnedAway('n'))
  await queue.stop()
  expect(reports.map(({ number }) => number)).toEqual([1, 2])
})
