import { expect, test } from 'vitest'
import { enterProvider } from './enter-key.js'
import { sealingPairs } from './sealing-pairs.js'

const [pair] = await sealingPairs('a'.repeat(64))
if (pair === undefined) throw new Error('no pair')
const { id: keyPairId, publicKey, open } = pair
const provider = { name: 'groq_1' }
const updatedAt = '2026-11-25T12:00:00.123Z'
const entry = { vendor: 'groq', key: ' gsk_one\n', baseUrl: 'https://a.example/v1/', anyway: false }

/** An API that keeps what it is sent. `enter` and `remove` answer, or fail. */
function fakeApi({
  enter = () => ({ entered: { fingerprint: 'f' } as object | null }),
  remove = () => undefined as unknown,
  upsert = () => undefined as unknown,
} = {}) {
  const sent: string[] = []
  const made = new Set<string>()
  const conditions: string[] = []
  const keyConditions: unknown[] = []
  const client = {
    keys: {
      entered: { query: async () => ({ keyPairId, publicKey, reason: null }) },
      enter: {
        mutate: async ({
          ciphertext,
          onlyIf,
        }: {
          readonly ciphertext: string
          readonly onlyIf?: 'absent'
        }) => {
          sent.push(ciphertext)
          keyConditions.push(onlyIf)
          return enter()
        },
      },
      remove: { mutate: async () => void sent.splice(0) },
    },
    providers: {
      upsert: {
        mutate: async ({ name, onlyIf }: { readonly name: string; readonly onlyIf: string }) => {
          conditions.push(onlyIf)
          upsert()
          made.add(name)
          return { updatedAt }
        },
      },
      remove: {
        mutate: async ({
          name,
          ...expected
        }: {
          readonly name: string
          readonly expectedUpdatedAt: string
        }) => {
          expect(expected).toEqual({ expectedUpdatedAt: updatedAt })
          remove()
          made.delete(name)
        },
      },
    },
  }
  return { client, sent, made, conditions, keyConditions }
}

const fail = (message: string) => () => {
  throw new Error(message)
}

test('a key leaves sealed for its provider and its plain address, and the provider stays', async () => {
  const { client, sent, made } = fakeApi()
  expect((await enterProvider(client, provider, entry, null)).entered).not.toBeNull()
  const place = { providerName: 'groq_1', vendor: 'groq', baseUrl: 'https://a.example/v1' }
  expect(await open(sent[0] ?? '', place)).toBe('gsk_one')
  expect([...made]).toEqual(['groq_1'])
})

test('a provider whose key is not stored is removed, and why is not lost', async () => {
  const refused = fakeApi({ enter: () => ({ entered: null }) })
  expect((await enterProvider(refused.client, provider, entry, null)).entered).toBeNull()
  const failed = fakeApi({ enter: fail('the gateway does not answer') })
  await expect(enterProvider(failed.client, provider, entry, null)).rejects.toThrow(
    /^the gateway does not answer$/,
  )
  expect([...refused.made, ...failed.made]).toEqual([])
})

test('a sample stays as it was unless the key is stored for it, and is never removed', async () => {
  const remove = fail('a sample was removed')
  const sample = { vendor: 'groq' }
  const ofVendor = { ...entry, baseUrl: null }
  const refused = fakeApi({ enter: () => ({ entered: null }), remove })
  expect((await enterProvider(refused.client, provider, ofVendor, sample)).entered).toBeNull()
  const failed = fakeApi({ enter: fail('the gateway does not answer'), remove })
  await expect(enterProvider(failed.client, provider, ofVendor, sample)).rejects.toThrow(
    /^the gateway does not answer$/,
  )
  const denied = fakeApi({ upsert: fail('no such pool'), remove })
  await expect(enterProvider(denied.client, provider, ofVendor, sample)).rejects.toThrow(/^no such pool$/)
  // Its key is taken back.
  expect(denied.sent).toEqual([])
  await expect(enterProvider(denied.client, provider, entry, sample)).rejects.toThrow('choose another name')
  expect([...refused.made, ...failed.made, ...denied.made]).toEqual([])
  const { client, made, conditions, keyConditions } = fakeApi({ remove })
  expect((await enterProvider(client, provider, ofVendor, sample)).entered).not.toBeNull()
  expect([...made]).toEqual(['groq_1'])
  // One that somebody has removed meanwhile does not come back, without the key that went with it.
  expect(conditions).toEqual(['exists'])
  // Of two who replace it at once, the second does not replace the first's key.
  expect(keyConditions).toEqual(['absent'])
})

const refuse = (quotaCode: string) => () => {
  throw Object.assign(new Error(quotaCode), { data: { quotaCode } })
}

test('a provider that somebody else has made is neither given a key nor removed', async () => {
  const remove = fail('the provider of somebody else was removed')
  const taken = fakeApi({ upsert: refuse('NAME_TAKEN'), remove })
  await expect(enterProvider(taken.client, provider, entry, null)).rejects.toThrow(/^NAME_TAKEN$/)
  expect([taken.conditions, taken.sent]).toEqual([['absent'], []])
})

test('a provider that somebody else has changed while its key was checked stays, and why it has no key is not lost', async () => {
  const remove = refuse('REVISION_CHANGED')
  const refused = fakeApi({ enter: () => ({ entered: null }), remove })
  expect((await enterProvider(refused.client, provider, entry, null)).entered).toBeNull()
  const failed = fakeApi({ enter: fail('the gateway does not answer'), remove })
  await expect(enterProvider(failed.client, provider, entry, null)).rejects.toThrow(
    /^the gateway does not answer$/,
  )
})

test('if the provider cannot be removed either, both reasons are named', async () => {
  const { client, made } = fakeApi({
    enter: fail('the gateway does not answer'),
    remove: fail('no database'),
  })
  const entered = enterProvider(client, provider, entry, null)
  await expect(entered).rejects.toThrow(
    'the gateway does not answer; groq_1 is there without a key, and could not be removed (no database): remove it',
  )
  await expect(entered).rejects.toMatchObject({ cause: { message: 'the gateway does not answer' } })
  expect([...made]).toEqual(['groq_1'])
  const refused = fakeApi({ enter: () => ({ entered: null }), remove: fail('no database') })
  await expect(enterProvider(refused.client, provider, entry, null)).rejects.toThrow(
    'its key is not stored; groq_1 is there without a key, and could not be removed (no database): remove it',
  )
})
