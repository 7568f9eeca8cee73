import { expect, test } from 'vitest'
import { endpointNames } from './endpoint-names.js'
import { vendorNames } from './known-vendors.js'
import { vendorEndpoints } from './vendor-endpoints.js'

test('every vendor has chat completions and embeddings at their default paths', () => {
  for (const vendor of vendorNames) {
    const endpoints = vendorEndpoints(vendor)
    expect([vendor, endpoints.get('chat/completions'), endpoints.get('embeddings')]).toEqual([
      vendor,
      'chat/completions',
      'embeddings',
    ])
  }
})

test("custom and unknown vendors have all endpoints, and Gemini's own if they are named", () => {
  const own = ['generateContent', 'streamGenerateContent', 'countTokens']
  for (const vendor of ['custom', 'nobody-knows', 'constructor']) {
    expect([...vendorEndpoints(vendor).keys()]).toEqual(endpointNames.filter(name => !own.includes(name)))
    expect([...vendorEndpoints(vendor, ['countTokens'])]).toEqual([
      ['countTokens', 'models/{model}:countTokens'],
    ])
  }
})

test('vendors have the endpoints in their documentation, and no others', () => {
  expect(vendorEndpoints('groq').has('audio/transcriptions')).toBe(true)
  expect(vendorEndpoints('groq').has('images/generations')).toBe(false)
  expect(vendorEndpoints('cohere').get('rerank')).toBe('../../v2/rerank')
  expect(vendorEndpoints('gemini').get('generateContent')).toBe('../models/{model}:generateContent')
  const compacting = vendorNames.filter(vendor => vendorEndpoints(vendor).has('responses/compact'))
  expect(compacting.toSorted()).toEqual(['azure', 'custom', 'openai', 'xai'])
  expect(vendorEndpoints('azure').has('responses/input_tokens')).toBe(false)
  expect(vendorEndpoints('deepseek').get('completions')).toBe('../beta/completions')
})

test("a provider's own list replaces its vendor's, and keeps the vendor's paths", () => {
  expect([...vendorEndpoints('cohere', ['rerank', 'moderations', 'poems'])]).toEqual([
    ['moderations', 'moderations'],
    ['rerank', '../../v2/rerank'],
  ])
  expect([...vendorEndpoints('custom', ['audio/speech'])]).toEqual([['audio/speech', 'audio/speech']])
})
