import {
  dollarText,
  isRolling,
  isWindow,
  type Metric,
  type ReasonCode,
  type ReasonParts,
  type RollingWindow,
  type Window,
} from '@quotakeeper/quota-core/rules'
import type { SkipCode } from '@quotakeeper/vendors/paste'
import type { QuotaWords } from '../quota-words.js'
import { endings, errors } from './gateway-words.js'

const metricWords: Readonly<Record<Metric, string>> = {
  requests: '请求',
  characters: '字符',
  tokens: 'token',
  inputTokens: '输入 token',
  outputTokens: '输出 token',
  cost: '费用',
  audioSeconds: '音频秒数',
  concurrency: '并发调用',
}

const windowWords: Readonly<Record<Exclude<Window, RollingWindow>, string>> = {
  minute: '每分钟',
  hour: '每小时',
  day: '每天',
  week: '每周',
  month: '每月',
  total: '总计',
}

const rollingUnits: Readonly<Record<string, string>> = { s: '秒', m: '分钟', h: '小时', d: '天' }

const kinds: Readonly<Record<string, string>> = { consumer: '使用方', plan: '套餐', pool: '配额池' }

/** The amount that a unit is counted by; of cost none, since it is written in dollars. */
const countWords: Readonly<Record<string, string>> = { requests: '次请求', characters: '个字符' }

/** The parts of a reason: its limit with its owner, and `，预计 … 恢复`, empty without an instant. */
interface ReasonText {
  readonly reason: ReasonParts
  readonly limit: string
  readonly back: string
}

const reasonTexts: Readonly<Record<ReasonCode, (parts: ReasonText) => string>> = {
  exhausted: ({ limit, back }) => `${limit} 没有余量${back}`,
  too_large: ({ reason, limit }) => sizeText(reason) ?? `该调用超过 ${limit} 的全部限额`,
  cooling_down: ({ reason, back }) => refusalText(reason) ?? `服务商拒绝调用${back}`,
  disabled: ({ reason }) => (reason.subject?.kind === 'consumer' ? `${ownerOf(reason)} 已停用` : '已停用'),
  model_not_served: () => '不提供该模型',
  model_not_allowed: ({ reason }) => `${ownerOf(reason)} 不得调用该模型`,
  provider_not_allowed: ({ reason }) =>
    reason.subject?.kind === 'consumer' ? `${ownerOf(reason)} 不得使用它` : '只为其配置中列出的使用方服务',
  price_unknown: ({ limit }) => `价格未知，而 ${limit} 限制费用`,
  too_many_users: ({ limit }) => `${limit} 的用户数已达上限`,
  busy: ({ back }) => `其配额正被另一进程锁定${back}`,
  no_key: ({ reason: { variable } }) => (variable ? `未设置 ${variable}` : '未设置密钥'),
}

const skipTexts: Readonly<Record<SkipCode, (named: string) => string>> = {
  text_too_long: named => `超过 ${named} 个字符`,
  too_many_keys: named => `超过 ${named} 个密钥`,
  no_key_line: () => '既不是 NAME=KEY，也不是 platform,key,label',
  unknown_variable: named => `${named} 不是已知服务商的变量`,
  unknown_vendor: named => `“${named}”不是已知的服务商`,
  empty_key: named => `${named} 的密钥为空`,
  invalid_key: named => `${named} 的密钥不足 4 个字符，或含有密钥不允许的字符`,
  invalid_json: () => '以 JSON 开头，但格式无效',
  no_list: () => '不是密钥列表',
  no_object: () => '不是含 platform 和 key 的对象',
}

/** What quota-core, the gateway and the reader of pasted keys name by codes, in Simplified Chinese. */
export const quotaWords: QuotaWords = {
  reasonText,
  metricWord,
  windowWord,
  subjectLabel,
  measureWords: ({ metric, window }) =>
    window === null ? metricWord(metric) : `${windowWord(window)}${joint(metricWord(metric))}`,
  errorWords: code => wordOf(errors, code) ?? code.replaceAll('_', ' '),
  endingWords: ending => wordOf(endings, ending) ?? ending,
  skipText: ({ code, named }) => skipTexts[code](named),
}

function reasonText(reason: ReasonParts, instantText: ((instant: string) => string) | null): string {
  const { code, retryAt } = reason
  const back = retryAt === null || instantText === null ? '' : `，预计 ${instantText(retryAt)} 恢复`
  const text = wordOf(reasonTexts, code)
  if (text !== undefined) return text({ reason, limit: limitOf(reason), back })
  const limit = reason.limitId === null ? '' : `（${reason.limitId}）`
  return `${code.replaceAll('_', ' ')}${limit}${back}`
}

function metricWord(metric: string): string {
  return wordOf(metricWords, metric) ?? metric
}

function windowWord(window: string): string {
  const word = wordOf(windowWords, window)
  if (word !== undefined || !isWindow(window) || !isRolling(window)) return word ?? window
  if (window === 'rolling-1d') return '每 24 小时'
  return `每 ${window.slice('rolling-'.length, -1)} ${wordOf(rollingUnits, window.slice(-1)) ?? ''}`
}

function subjectLabel({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return kind === 'provider' ? name : `${wordOf(kinds, kind) ?? kind} ${name}`
}

/** Latin words stand apart from Chinese ones. */
function joint(word: string): string {
  return /^[a-z]/i.test(word) ? ` ${word}` : word
}

function limitOf({ limitId, subject }: ReasonParts): string {
  const owner = subject === undefined || subject.kind === 'provider' ? '' : `${subjectLabel(subject)} 的 `
  return `${owner}${limitId ?? '配额'}`
}

function ownerOf({ subject }: ReasonParts): string {
  return subject === undefined ? '该使用方' : subjectLabel(subject)
}

function refusalText({ cause, httpStatus }: ReasonParts): string | null {
  const status = httpStatus == null ? '' : `（HTTP ${httpStatus}）`
  if (cause === 'bad_credential') return `服务商因缺少有效密钥拒绝调用${status}：请设置密钥`
  if (cause === 'billing') return `服务商因余额不足拒绝调用${status}：请检查账单`
  return null
}

function sizeText({ limitId, subject, metric, window, units, max }: ReasonParts): string | null {
  if (metric === undefined || units === undefined || max === undefined) return null
  const owner = subject === undefined || subject.kind === 'provider' ? '' : ` ${subjectLabel(subject)} 的`
  const id = limitId === null || limitId === `${metric}/${window}` ? '限额' : `限额 ${limitId} `
  const per = window == null ? '' : `${windowWord(window)} `
  return `该调用需要 ${countText(metric, units)}；${owner}${id}为${per}${amountText(metric, max)}`
}

function countText(metric: string, units: number): string {
  if (metric === 'cost') return amountText(metric, units)
  return `${amountText(metric, units)} ${wordOf(countWords, metric) ?? metricWord(metric)}`
}

function amountText(metric: string, units: number): string {
  if (metric === 'cost') return dollarText(units)
  return new Intl.NumberFormat('zh-Hans').format(units)
}

function wordOf<Word>(words: Readonly<Record<string, Word>>, code: string): Word | undefined {
  return Object.hasOwn(words, code) ? words[code] : undefined
}
