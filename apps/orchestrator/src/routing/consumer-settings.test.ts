import { expect, test } from 'vitest'
import { ApiError } from '../api/api-error.js'
import { ConsumerSettings } from './consumer-settings.js'

const settings = { isStrict: false, models: [['*']] }

test('concurrent calls for a consumer ask once, calls without a consumer never, and unregistered names are kept', async () => {
  const asked: string[] = []
  const consumers = new ConsumerSettings({
    consumerForCalls: async name => {
      asked.push(name)
      return name === 'acme' ? settings : null
    },
  })
  const names = ['acme', 'acme', 'label', 'label', '']
  const read = () => Promise.all(names.map(name => consumers.of(name)))
  const expected = [settings, settings, null, null, null]
  expect(await read()).toEqual(expected)
  expect(await read()).toEqual(expected)
  expect(asked).toEqual(['acme', 'label'])
})

test('of more than 10,000 consumers only the one asked about the longest ago is dropped', async () => {
  const asked: string[] = []
  const consumers = new ConsumerSettings({
    consumerForCalls: async name => {
      asked.push(name)
      return null
    },
  })
  for (let index = 0; index <= 10_000; index++) await consumers.of(`label ${index}`)
  asked.length = 0
  await consumers.of('label 0')
  await consumers.of('label 10000')
  await consumers.of('label 2')
  expect(asked).toEqual(['label 0'])
})

test('an error of the API reaches the caller and is not kept', async () => {
  let isDown = true
  const consumers = new ConsumerSettings({
    consumerForCalls: async () => {
      if (!isDown) return settings
      const fault = { code: 'UNAVAILABLE', message: 'down', quotaCode: null, mayHaveArrived: false } as const
      throw new ApiError({ ...fault, cause: null })
    },
  })
  await expect(consumers.of('acme')).rejects.toThrow('down')
  isDown = false
  expect(await consumers.of('acme')).toEqual(settings)
})
