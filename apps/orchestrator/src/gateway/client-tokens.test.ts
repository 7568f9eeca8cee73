import { expect, test } from 'vitest'
import type { VerifiedToken, VerifyInput } from '../api/quota-api.js'
import { ClientTokens } from './client-tokens.js'

/** An API that answers when `answerAll` is called. */
function startApi(validForMs: number) {
  const asked: VerifyInput[] = []
  const open: ((answer: VerifiedToken) => void)[] = []
  return {
    asked,
    answerAll: (state: 'unknown' | 'unused' = 'unknown') => {
      for (const answer of open.splice(0)) answer({ state, validForMs })
    },
    verifyToken: (input: VerifyInput) => {
      asked.push(input)
      return new Promise<VerifiedToken>(resolve => open.push(resolve))
    },
  }
}

test('concurrent requests with one token ask once, and what is answered is kept for its time', async () => {
  const api = startApi(60_000)
  const tokens = new ClientTokens(api)
  const asking = Array.from({ length: 50 }, () => tokens.verify('qk_secret', ''))
  api.answerAll()
  await Promise.all(asking)
  await tokens.verify('qk_secret', '')
  expect(api.asked).toHaveLength(1)
  const other = tokens.verify('qk_secret', 'acme')
  api.answerAll()
  await other
  expect(api.asked).toHaveLength(2)
  expect(JSON.stringify(api.asked)).not.toContain('qk_secret')
})

test('an answer without time left is not kept', async () => {
  const api = startApi(0)
  const tokens = new ClientTokens(api)
  for (let count = 1; count <= 3; count++) {
    const asking = tokens.verify('qk_secret', '')
    api.answerAll('unused')
    await asking
    expect(api.asked).toHaveLength(count)
  }
  expect(tokens.areUnused).toBe(true)
})

test('beyond a number of questions under way, further ones fail as if the API were down', async () => {
  const api = startApi(60_000)
  const tokens = new ClientTokens(api)
  const asking = Array.from({ length: 1_000 }, (_, index) => tokens.verify(`guess ${index}`, ''))
  await expect(tokens.verify('one more', '')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  api.answerAll()
  await Promise.all(asking)
  const again = tokens.verify('one more', '')
  api.answerAll()
  expect((await again).state).toBe('unknown')
})

test('of more than 10,000 answers the least recently used is asked for again', async () => {
  let count = 0
  const tokens = new ClientTokens({
    verifyToken: async () => {
      count++
      return { state: 'unknown', validForMs: 60_000 }
    },
  })
  for (let index = 0; index < 10_000; index++) await tokens.verify(`token ${index}`, '')
  await tokens.verify('token 0', '')
  expect(count).toBe(10_000)
  await tokens.verify('one more', '')
  await tokens.verify('token 0', '')
  expect(count).toBe(10_001)
  await tokens.verify('token 1', '')
  expect(count).toBe(10_002)
})
