// Fills an API with sample data: a day of a small team's keys.

const dayMs = 86_400_000
const hourMs = 3_600_000
/** The models of each vendor. @type {Readonly<Record<string, readonly string[]>>} */
const modelsOf = {
  groq: ['llama-3.1-8b-instant', 'llama-3.3-70b-versatile'],
  huggingface: ['meta-llama/Llama-3.3-70B-Instruct'],
  gemini: ['gemini-flash-latest', 'gemini-flash-lite-latest'],
  openai: ['gpt-4o-mini', 'gpt-4.1-mini'],
  openrouter: ['meta-llama/llama-3.3-70b-instruct'],
  mistral: ['mistral-small-latest'],
}
/** An alias, for which each key has its own model. */
const alias = 'llama-70b'
const consumers = ['website', 'support-bot', 'research']

/** Seeded random numbers. @param {number} seed */
function randomOf(seed) {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/**
 * @param {string} origin of an API that allows changes
 * @returns {Promise<void>}
 */
export async function fillSampleDay(origin) {
  const random = randomOf(7)
  const nowMs = Date.now()
  /** @param {string} path @param {unknown} input */
  const call = async (path, input) => {
    const response = await fetch(`${origin}/trpc/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()).result.data
  }
  /** @param {string} name @param {string} vendor @param {readonly object[]} limits @param {object} [more] */
  const provider = (name, vendor, limits, more = {}) =>
    call('providers.upsert', { name, vendor, limits, ...more })

  await call('pools.upsert', {
    name: 'gemini-project',
    timeZone: 'America/Los_Angeles',
    limits: [{ metric: 'requests', window: 'day', max: 1_500 }],
  })
  await provider('gemini_1', 'gemini', [{ metric: 'tokens', window: 'minute', max: 250_000 }], {
    pool: 'gemini-project',
    timeZone: 'America/Los_Angeles',
  })
  await provider('gemini_2', 'gemini', [], { pool: 'gemini-project', timeZone: 'America/Los_Angeles' })
  await provider('openrouter_1', 'openrouter', [{ metric: 'cost', window: 'month', max: 20_000_000 }])
  await provider('openai_1', 'openai', [
    { metric: 'tokens', window: 'day', max: 2_000_000 },
    { metric: 'cost', window: 'day', max: 5_000_000 },
  ])
  await provider('groq_4', 'groq', [])
  await provider('mistral_1', 'mistral', [{ metric: 'tokens', window: 'month', max: 1_000_000_000 }])

  const names = ['groq_1', 'groq_2', 'huggingface_1', 'gemini_1', 'openrouter_1', 'openai_1', 'mistral_1']
  for (let day = 29; day >= 1; day--) {
    for (const providerName of names) {
      const requestCount = Math.floor(20 + random() * 60 + (29 - day) * 2)
      await call('usage.record', {
        providerName,
        requestCount,
        characterCount: requestCount * 90,
        inputTokenCount: requestCount * 310,
        outputTokenCount: requestCount * 140,
        costMicroUsd: requestCount * 900,
        model: modelOf(providerName, Math.floor(random() * 2)),
        consumer: consumers[Math.floor(random() * consumers.length)],
        occurredAt: new Date(nowMs - day * dayMs - Math.floor(random() * 8) * hourMs).toISOString(),
      })
    }
  }
  const hoursToday = Math.max(1, Math.floor((nowMs % dayMs) / hourMs))
  for (const [providerName, characters] of /** @type {const} */ ([
    ['groq_1', 12_200],
    ['groq_2', 13_300],
    ['groq_3', 14_400],
    ['huggingface_1', 9_100],
    ['openai_1', 41_000],
    ['gemini_1', 22_000],
    ['openrouter_1', 16_000],
  ])) {
    let left = characters
    for (let hour = 0; hour < hoursToday; hour++) {
      const isLast = hour === hoursToday - 1
      const fairShare = left / (hoursToday - hour)
      const characterCount = isLast ? left : Math.floor(fairShare * (0.4 + random() * 1.2))
      left -= characterCount
      await call('usage.record', {
        providerName,
        requestCount: Math.max(1, Math.floor(characterCount / 120)),
        characterCount,
        inputTokenCount: characterCount * 3,
        outputTokenCount: characterCount,
        costMicroUsd: providerName.startsWith('open') ? characterCount * 60 : 0,
        model: modelOf(providerName, hour),
        consumer: consumers[hour % consumers.length],
        occurredAt: new Date(nowMs - (nowMs % dayMs) + hour * hourMs + 60_000).toISOString(),
      })
    }
  }
  await call('quota.reserve', { providerName: 'huggingface_1', characterCount: 3_000 })
  await call('signals.observe', {
    providerName: 'groq_4',
    model: 'llama-3.3-70b-versatile',
    httpStatus: 200,
    headers: {
      'x-ratelimit-limit-requests': '1000',
      'x-ratelimit-remaining-requests': '312',
      'x-ratelimit-reset-requests': '16h30m43.2s',
      'x-ratelimit-limit-tokens': '12000',
      'x-ratelimit-remaining-tokens': '11400',
      'x-ratelimit-reset-tokens': '3s',
    },
  })
  await call('signals.observe', {
    providerName: 'mistral_1',
    httpStatus: 401,
    headers: {},
    body: { error: { message: 'Invalid API Key', code: 'invalid_api_key' } },
  })
  await call('providers.setEnabled', { name: 'huggingface_2', enabled: false })
  const held = await call('quota.reserve', {
    providerName: 'huggingface_1',
    model: modelOf('huggingface_1', 0),
    characterCount: 900,
    requestId: 'req_7308',
    consumer: 'support-bot',
  })
  await call('quota.commit', {
    reservationId: held.reservationId,
    characterCount: 412,
    inputTokenCount: 122,
    outputTokenCount: 96,
    outcome: 'succeeded',
  })
  await call('requests.report', { traces: sampleTraces(Date.now()) })
}

/** @param {string} providerName @param {number} turn */
function modelOf(providerName, turn) {
  const models = modelsOf[providerName.split('_', 1)[0] ?? ''] ?? []
  return models[turn % models.length]
}

/** @param {number} nowMs */
function sampleTraces(nowMs) {
  const midnight = new Date(nowMs - (nowMs % dayMs) + dayMs).toISOString()
  return Array.from({ length: 12 }, (_, index) => {
    const isRefused = index === 4
    const servedBy = index % 2 === 0 ? 'huggingface_1' : 'groq_1'
    return {
      requestId: `req_${String(7_308 - index)}`,
      at: new Date(nowMs - index * 41_000 - 400).toISOString(),
      model: alias,
      outcome: isRefused ? 'refused' : index === 9 ? 'aborted' : 'answered',
      httpStatus: isRefused ? 429 : index === 9 ? null : 200,
      code: isRefused ? 'quota_exhausted' : '',
      providerName: isRefused || index === 9 ? '' : servedBy,
      strategy: 'most-remaining',
      isStream: index % 3 === 0,
      waitedMs: 0,
      durationMs: isRefused ? 3 : 240 + index * 37,
      attempts: isRefused
        ? []
        : [
            ...(index === 0
              ? [
                  {
                    providerName: 'groq_2',
                    model: modelOf('groq_2', 1),
                    httpStatus: 429,
                    ending: 'refused by the vendor',
                  },
                ]
              : []),
            {
              providerName: servedBy,
              model: modelOf(servedBy, 1),
              httpStatus: 200,
              ending: 'answered',
            },
          ],
      skipped:
        isRefused || index === 0
          ? [
              {
                providerName: 'groq_3',
                model: modelOf('groq_3', 1),
                reasons: [{ code: 'exhausted', limitId: 'characters/day', retryAt: midnight }],
              },
              {
                providerName: 'huggingface_2',
                model: modelOf('huggingface_2', 0),
                reasons: [{ code: 'disabled', limitId: null, retryAt: null }],
              },
            ]
          : [],
    }
  })
}
