import { readFileSync } from 'node:fs'
import { metrics, type ReasonParts, reasonText } from '@quotakeeper/quota-core/rules'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, test } from 'vitest'
import { texts as english } from './en/index.js'
import { loadLanguage } from './language.js'
import type { Texts } from './translate.js'
import { texts as chinese, quotaWords } from './zh-Hans/index.js'

interface Tree {
  readonly [key: string]: string | Tree
}

/** `keys.title` with its text, of every text. */
function listed(tree: Tree, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as const] : listed(value, `${path}${key}.`),
  )
}

type Part = ReturnType<IntlMessageFormat['getAst']>[number]

/** The arguments and elements of a text, `{name}` and `<code>`, and its words outside of code. */
function partsOf(text: string): { readonly arguments: readonly string[]; readonly words: string } {
  const found = new Set<string>()
  const words: string[] = []
  const read = (parts: readonly Part[], isCode: boolean): void => {
    for (const part of parts) {
      if ('children' in part) {
        found.add(`<${part.value}>`)
        read(part.children, isCode || part.value === 'code')
      } else if ('options' in part) {
        found.add(`{${part.value}}`)
        for (const option of Object.values(part.options)) read(option.value, isCode)
      } else if (!('value' in part)) {
        // The `#` of a plural.
      } else if (part.type === 0) {
        if (!isCode) words.push(part.value)
      } else {
        found.add(`{${part.value}}`)
      }
    }
  }
  read(new IntlMessageFormat(text, 'en').getAst(), false)
  return { arguments: [...found].sort(), words: words.join(' ') }
}

test('Chinese texts have the arguments of the English ones', () => {
  const argumentsIn = (texts: Tree) =>
    Object.fromEntries(listed(texts).map(([key, text]) => [key, partsOf(text).arguments]))
  expect(argumentsIn(chinese)).toEqual(argumentsIn(english))
})

test('a missing key, argument or translation does not compile', async () => {
  const { t } = await loadLanguage('en')
  expect(t('notices.loading', { what: 'usage' })).toBe('Loading usage …')
  const faults = [
    // @ts-expect-error there is no such key
    () => t('notices.nothing'),
    // @ts-expect-error its argument is missing
    () => t('notices.loading'),
    // @ts-expect-error a text is missing
    (): Texts['tokens'] => ({ ...chinese.tokens, title: undefined }),
  ]
  expect(faults).toHaveLength(3)
})

/** Names, formats and what is typed as it stands, which Chinese writes so too. */
const latin =
  /token|API|HTTPS?|URL|JSON|CSV|SHA-256|\.env|OpenAI|Ctrl-C|p50|p95|priority|platform|key|label|"[a-z ]+"/g

test('Chinese texts are in Chinese', () => {
  const left = listed(chinese).filter(([, text]) => /[A-Za-z]/.test(partsOf(text).words.replace(latin, '')))
  expect(left).toEqual([])
})

describe('what quota-core names by codes', () => {
  // Each has a text, as its type demands; an unknown one is named as it is.
  const codes = [
    ...['exhausted', 'too_large', 'cooling_down', 'disabled', 'model_not_served', 'model_not_allowed'],
    ...['provider_not_allowed', 'price_unknown', 'too_many_users', 'busy', 'no_key'],
  ]
  test.each(codes)('%s is a reason in Chinese that says what the English one says', code => {
    const subject = { kind: 'consumer', name: 'acme' }
    const reason: ReasonParts = { code, limitId: 'requests/day', retryAt: '', subject, variable: 'GROQ_KEY' }
    const reasonInWords = quotaWords.reasonText(reason, () => '16:40')
    const parts = ['requests/day', '16:40', 'acme', 'GROQ_KEY']
    const text = reasonText(reason, () => '16:40')
    expect(parts.filter(part => reasonInWords.includes(part))).toEqual(
      parts.filter(part => text.includes(part)),
    )
    expect(parts.reduce((rest, part) => rest.replace(part, ''), reasonInWords)).not.toMatch(/[a-z]/i)
  })

  test.each<[ReasonParts, string]>([
    [
      { code: 'exhausted', limitId: 'requests/day', retryAt: '', subject: { kind: 'pool', name: 'org' } },
      '配额池 org 的 requests/day 没有余量，预计 16:40 恢复',
    ],
    [
      {
        ...{ code: 'too_large', limitId: 'characters/day', retryAt: null },
        ...{ metric: 'characters', window: 'day', units: 15_000, max: 14_400 },
      },
      '该调用需要 15,000 个字符；限额为每天 14,400',
    ],
    [
      {
        ...{ code: 'too_large', limitId: 'cost/month', retryAt: null },
        ...{ metric: 'cost', window: 'month', units: 1_200_005, max: 500_000 },
      },
      '该调用需要 $1.200005；限额为每月 $0.50',
    ],
    [
      { code: 'cooling_down', limitId: null, retryAt: '', cause: 'bad_credential', httpStatus: 401 },
      '服务商因缺少有效密钥拒绝调用（HTTP 401）：请设置密钥',
    ],
    [
      { code: 'cooling_down', limitId: null, retryAt: '', cause: 'billing', httpStatus: null },
      '服务商因余额不足拒绝调用：请检查账单',
    ],
    [{ code: 'spend_paused', limitId: 'cost/day', retryAt: '' }, 'spend paused（cost/day），预计 16:40 恢复'],
    [{ code: 'constructor', limitId: null, retryAt: null }, 'constructor'],
  ])('%o is "%s"', (reason, text) => expect(quotaWords.reasonText(reason, () => '16:40')).toBe(text))

  test('metrics and windows are put in words, and unknown ones returned unchanged', () => {
    expect(metrics.map(quotaWords.metricWord)).toEqual([
      ...['请求', '字符', 'token', '输入 token', '输出 token', '费用', '音频秒数', '并发调用'],
    ])
    expect(['day', 'rolling-60s', 'rolling-1d', 'total', 'fortnight'].map(quotaWords.windowWord)).toEqual([
      ...['每天', '每 60 秒', '每 24 小时', '总计', 'fortnight'],
    ])
    expect(quotaWords.measureWords({ metric: 'inputTokens', window: 'month' })).toBe('每月输入 token')
    expect(quotaWords.measureWords({ metric: 'concurrency', window: null })).toBe('并发调用')
  })
})

test('every code of an error of the gateway has a word', () => {
  const page = readFileSync(new URL('../../../../docs/troubleshooting.md', import.meta.url), 'utf8')
  const [, table = ''] = /## Errors of the gateway\n(.*?)\n## /s.exec(page) ?? []
  const codes = [...table.matchAll(/^\| `([a-z_]+)`/gm)].map(([, code = '']) => code)
  expect(codes.length).toBeGreaterThan(20)
  expect(codes.filter(code => /[a-z]/i.test(quotaWords.errorWords(code).replace(/JSON|API/, '')))).toEqual([])
  expect(quotaWords.errorWords('of_a_newer_release')).toBe('of a newer release')
})
