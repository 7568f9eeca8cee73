import { isThorough } from '@quotakeeper/test-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readUsage } from './read-usage.js'

const known = (body: unknown, vendor?: string) => {
  const { inputTokenCount, outputTokenCount, cachedInputTokenCount, totalTokenCount } = readUsage(
    body,
    vendor,
  )
  return [inputTokenCount, outputTokenCount, cachedInputTokenCount, totalTokenCount]
}
const codes = (usage: unknown) => readUsage({ usage }).problems.map(problem => problem.code)

describe('places of usage', () => {
  test('Groq’s seconds are not read as counts', () => {
    const usage = { queue_time: 0.1007, prompt_tokens: 48, prompt_time: 0.2, completion_tokens: 8 }
    expect(known({ usage: { ...usage, completion_time: 0.01, total_tokens: 56, total_time: 0.3 } })).toEqual([
      48,
      8,
      null,
      56,
    ])
  })

  test('usage in two places of a chunk counts once', () => {
    const usage = { prompt_tokens: 18, completion_tokens: 439, total_tokens: 457 }
    expect(known({ choices: [{}], x_groq: { id: 'req_1', usage } })).toEqual([18, 439, null, 457])
    expect(known({ choices: [], usage, x_groq: { usage } })).toEqual([18, 439, null, 457])
    expect(known({ choices: [], usage: null, x_groq: { usage } })).toEqual([18, 439, null, 457])
  })

  test('sound that Mistral heard is input, though only its total includes it', () => {
    const usage = { prompt_audio_seconds: 5, prompt_tokens: 5, completion_tokens: 24, total_tokens: 404 }
    expect(known({ text: 'hello', usage }, 'mistral')).toEqual([380, 24, null, 404])
    expect(readUsage({ text: 'hello', usage }, 'mistral').audioSecondCount).toBe(5)
  })

  test('Anthropic bills the iterations that compact a conversation, and has all others in its counts', () => {
    const message = { type: 'message', input_tokens: 23_000, output_tokens: 1_000 }
    const compaction = { type: 'compaction', input_tokens: 180_000, output_tokens: 3_500 }
    const usage = { input_tokens: 23_000, output_tokens: 1_000 }
    const read = (...iterations: readonly object[]) => known({ usage: { ...usage, iterations } }, 'anthropic')
    expect(read(compaction, message)).toEqual([203_000, 4_500, null, 207_500])
    expect(read(message)).toEqual([23_000, 1_000, null, 24_000])
    const cached = {
      usage: {
        ...{
          input_tokens: 100,
          output_tokens: 50,
          cache_read_input_tokens: 7,
          cache_creation_input_tokens: 0,
        },
        iterations: [
          {
            ...{ type: 'compaction', input_tokens: 10, output_tokens: 300 },
            ...{ cache_read_input_tokens: 5_000, cache_creation_input_tokens: 200 },
          },
          message,
        ],
      },
    }
    expect(known(cached, 'anthropic')).toEqual([5_317, 350, 5_007, 5_667])
    expect(readUsage(cached, 'anthropic').cacheWriteTokenCount).toBe(200)
    const absurd = Array.from({ length: 50 }, () => ({ ...compaction, input_tokens: -1 }))
    const { inputTokenCount, problems } = readUsage({ usage: { ...usage, iterations: absurd } }, 'anthropic')
    expect([inputTokenCount, problems.length]).toEqual([23_000, 1])
  })

  test('reasoning beyond the output is in no other count, as at Perplexity', () => {
    const usage = { prompt_tokens: 33, completion_tokens: 7_163, total_tokens: 7_196 }
    expect(known({ usage: { ...usage, reasoning_tokens: 73_997 } })).toEqual([33, 81_160, null, 81_193])
    expect(known({ usage: { ...usage, reasoning_tokens: 7_000 } })).toEqual([33, 7_163, null, 7_196])
  })

  test('what OpenRouter wrote to a cache is known', () => {
    const details = { cached_tokens: 3_000, cache_write_tokens: 200 }
    const usage = { prompt_tokens: 3_210, completion_tokens: 50, prompt_tokens_details: details }
    expect(readUsage({ usage }, 'openrouter').cacheWriteTokenCount).toBe(200)
  })

  test('a transcription without usage leaves tokens unknown', () => {
    expect(known({ text: 'hello', x_groq: { id: 'req_1' } })).toEqual([null, null, null, null])
  })

  test('Text Generation Inference reports the completion only, or nothing', () => {
    expect(known([{ generated_text: 'hi' }])).toEqual([null, null, null, null])
    const details = { finish_reason: 'length', generated_tokens: 20, seed: null }
    expect(known([{ generated_text: 'hi', details }])).toEqual([null, 20, null, null])
  })

  test('embeddings have no output', () => {
    expect(known({ data: [], usage: { prompt_tokens: 8, total_tokens: 8 } })).toEqual([8, 0, null, 8])
  })

  test.each([
    [
      'Cohere’s own API',
      { usage: { tokens: { input_tokens: 71, output_tokens: 418 } } },
      [71, 418, null, 489],
    ],
    [
      'Cohere’s stream',
      { delta: { usage: { tokens: { input_tokens: 4, output_tokens: 5 } } } },
      [4, 5, null, 9],
    ],
    ['Cloudflare', { result: { usage: { prompt_tokens: 3, completion_tokens: 4 } } }, [3, 4, null, 7]],
    [
      'Moonshot’s stream',
      { choices: [{ usage: { prompt_tokens: 3, completion_tokens: 4 } }] },
      [3, 4, null, 7],
    ],
    ['the Responses API', { response: { usage: { input_tokens: 9, output_tokens: 1 } } }, [9, 1, null, 10]],
  ])('%s', (_name, body, expected) => expect(known(body)).toEqual(expected))
})

describe('cached input', () => {
  test('is included in input at OpenAI, Groq and Hugging Face, in any field', () => {
    const tokens = { prompt_tokens: 114_000, completion_tokens: 405, total_tokens: 114_405 }
    const right = [114_000, 405, 112_224, 114_405]
    expect(known({ usage: { ...tokens, prompt_tokens_details: { cached_tokens: 112_224 } } })).toEqual(right)
    expect(known({ usage: { ...tokens, cached_tokens: 112_224 } })).toEqual(right)
    expect(known({ usage: { ...tokens, prompt_cache_hit_tokens: 112_224 } })).toEqual(right)
  })

  test('is additional at Anthropic', () => {
    const usage = {
      input_tokens: 10,
      cache_creation_input_tokens: 200,
      cache_read_input_tokens: 3000,
      output_tokens: 50,
    }
    expect(known({ usage })).toEqual([3210, 50, 3000, 3260])
  })

  test('is included if a gateway writes Anthropic’s names beside OpenAI’s', () => {
    const usage = { prompt_tokens: 3210, completion_tokens: 50, cache_read_input_tokens: 3000 }
    expect(known({ usage })).toEqual([3210, 50, 3000, 3260])
  })

  test('is unknown and flagged when it exceeds the input', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 3000 }
    expect(known({ usage })).toEqual([10, 1, null, 11])
    expect(codes(usage)).toEqual(['exceeds_input'])
  })
})

describe('hidden output', () => {
  test('Gemini’s thinking counts as output in both of its APIs', () => {
    const usageMetadata = {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 85,
      totalTokenCount: 100,
    }
    expect(known({ usageMetadata }, 'gemini')).toEqual([10, 90, null, 100])
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 100 }
    expect(known({ usage }, 'gemini')).toEqual([10, 90, null, 100])
  })

  test('the part of a total beyond its parts is output, at any vendor', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 100 }
    for (const vendor of ['groq', 'openrouter', 'custom', undefined])
      expect(known({ choices: [{}], usage }, vendor)).toEqual([10, 90, null, 100])
    expect(known({ usage: { input_tokens: 10, output_tokens: 5, total_tokens: 100 } })).toEqual([
      10,
      90,
      null,
      100,
    ])
    expect(known({ choices: [], x_groq: { usage } })).toEqual([10, 90, null, 100])
  })

  test('a total below its parts is ignored', () => {
    expect(known({ usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 12 } })).toEqual([
      10,
      5,
      null,
      15,
    ])
    expect(known({ usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 0 } })).toEqual([
      10,
      5,
      null,
      15,
    ])
  })

  test('reasoning larger than the output is added if there is no total', () => {
    const tokens = { prompt_tokens: 10, completion_tokens: 5 }
    const usage = { ...tokens, completion_tokens_details: { reasoning_tokens: 85 } }
    expect(known({ usage })).toEqual([10, 90, null, 100])
    const held = { ...tokens, completion_tokens_details: { reasoning_tokens: 4 } }
    expect(known({ usage: held })).toEqual([10, 5, null, 15])
    expect(known({ usage: held }, 'xai')).toEqual([10, 9, null, 19])
    expect(known({ usage: { ...held, total_tokens: 15 } }, 'xai')).toEqual([10, 5, null, 15])
    const responses = { input_tokens: 10, output_tokens: 5, output_tokens_details: { reasoning_tokens: 85 } }
    expect(known({ response: { usage: responses } })).toEqual([10, 90, null, 100])
  })

  test('for embeddings and rankings it is input', () => {
    const usage = { prompt_tokens: 8, total_tokens: 12 }
    expect(known({ object: 'list', data: [{ embedding: [0.1] }], usage })).toEqual([12, 0, null, 12])
    expect(known({ data: [{ embedding: 'AAA' }], usage: { ...usage, completion_tokens: 0 } })).toEqual([
      12,
      0,
      null,
      12,
    ])
    expect(known({ embeddings: [[0.1]], usage })).toEqual([12, 0, null, 12])
    expect(known({ results: [{ relevance_score: 1 }], usage: { total_tokens: 9 } })).toEqual([9, 0, null, 9])
    expect(known({ data: [{ embedding: [0.1] }], usage: { total_tokens: 9 } })).toEqual([9, 0, null, 9])
  })
})

describe('errors', () => {
  test.each([
    ['beside the error', { error: { message: 'x' }, usage: { prompt_tokens: 7, completion_tokens: 3 } }],
    ['in the error', { error: { message: 'x', usage: { prompt_tokens: 7, completion_tokens: 3 } } }],
    ['in its metadata', { error: { metadata: { usage: { prompt_tokens: 7, completion_tokens: 3 } } } }],
    ['in a detail', { detail: { usage: { prompt_tokens: 7, completion_tokens: 3 } } }],
    [
      'of the Responses API',
      { type: 'response.failed', response: { error: {}, usage: { input_tokens: 7, output_tokens: 3 } } },
    ],
  ])('with usage are read: %s', (_place, body) => expect(known(body)).toEqual([7, 3, null, 10]))

  test('without usage have none', () => {
    expect(known({ error: { message: 'x', code: 429 } })).toEqual([null, null, null, null])
  })
})

describe('missing and absurd values', () => {
  test.each([
    [null, [null, null, null, null]],
    [{}, [null, null, null, null]],
    [{ prompt_tokens: 5 }, [5, null, null, null]],
    [{ total_tokens: 7 }, [null, null, null, 7]],
    [{ prompt_tokens: '12' }, [null, null, null, null]],
    [{ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, [0, 0, null, 0]],
    [{ prompt_tokens: -0, completion_tokens: 0 }, [0, 0, null, 0]],
  ])('usage %j is read without guessing', (usage, expected) => expect(known({ usage })).toEqual(expected))

  test.each([
    [-1_000_000, 'negative'],
    [1e308, 'too_large'],
    [2 ** 53, 'too_large'],
    [1.5, 'fractional'],
    ['9007199254740993', 'not_a_number'],
    [Number.NaN, 'not_a_number'],
    [true, 'not_a_number'],
  ])('prompt_tokens %s is unknown and flagged', (value, code) => {
    const usage = { prompt_tokens: value, completion_tokens: 3, total_tokens: 10 }
    expect(known({ usage })).toEqual([null, 3, null, 10])
    expect(readUsage({ usage }).problems).toEqual([{ field: 'prompt_tokens', code }])
  })

  test('a total beside an absurd part is ignored', () => {
    expect(known({ usage: { prompt_tokens: 5, completion_tokens: -5, total_tokens: 100 } })[1]).toBeNull()
    expect(
      known({ usage: { input_tokens: 10, cache_read_input_tokens: -3, output_tokens: 1 } })[0],
    ).toBeNull()
  })
})

describe('cost', () => {
  test.each([
    [{ usage: { cost: 0.00014 } }, 140],
    [{ usage: { cost: 1.4e-7 } }, 1],
    [{ usage: { cost: 0.07 } }, 70_000],
    [{ usage: { cost: 0 } }, 0],
    [{ choices: [], cost: '0' }, 0],
    [{ usage: { cost: { total_cost: 0.006 } } }, 6000],
    [{ usage: { cost_in_usd_ticks: 158_500 } }, 16],
    [{ usage: { cost: -1 } }, null],
    [{ usage: { cost: 'free' } }, null],
    [{ usage: { cost: 1e300 } }, null],
    [{ usage: {} }, null],
    [{ usage: { prompt_tokens: 10, completion_tokens: 5, cost: 0 } }, 0],
    [{ usage: { prompt_tokens: 10, completion_tokens: 5, cost: null } }, null],
    [{ usage: { cost_in_usd_ticks: 0 } }, 0],
    [{ error: { message: 'x' }, usage: { cost: 0.5 } }, 500_000],
  ])('%j costs %s millionths of a dollar', (body, expected) =>
    expect(readUsage(body).costMicroUsd).toBe(expected),
  )
})

test('for any body, no count is negative, fractional or NaN, and nothing is thrown', () => {
  const names = [
    'prompt_tokens',
    'completion_tokens',
    'total_tokens',
    'cached_tokens',
    'input_tokens',
    'cost',
  ]
  const value = fc.oneof(fc.double(), fc.integer(), fc.anything())
  const usage = fc.dictionary(fc.constantFrom(...names, 'cache_read_input_tokens', 'output_tokens'), value)
  const place = fc.constantFrom('usage', 'usageMetadata', 'message', 'x_groq')
  const body = fc.oneof(fc.anything(), fc.dictionary(place, usage), fc.array(fc.dictionary(place, usage)))
  fc.assert(
    fc.property(body, fc.constantFrom('gemini', 'groq', undefined), (response, vendor) => {
      const { problems, ...counts } = readUsage(response, vendor)
      for (const count of Object.values(counts)) {
        expect(count === null || (Number.isSafeInteger(count) && count >= 0 && !Object.is(count, -0))).toBe(
          true,
        )
      }
      expect(problems.length).toBeLessThan(20)
    }),
    { numRuns: isThorough ? 2_000 : 300 },
  )
})
