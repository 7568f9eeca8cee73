import type { Texts } from '../translate.js'

export const requests: Texts['requests'] = {
  note: '保留 7 天。不保存提示词和回答。',
  theRequests: '请求',
  outcome: '结果',
  servedBy: '处理方',
  noMatch: '没有匹配的请求。',
  noMatchHint: '让客户端使用网关 <code>{url}</code>，其请求就会显示在这里。<try>试用调用</try>',
  received: '收到',
  attempts: '尝试次数',
  duration: '耗时',
  request: '请求',
  theRequest: '该请求',
  thisRequest: '该请求',
  represents: '此追踪代表一分钟内结果相同的 {count} 个请求。',
  tried: '已尝试',
  noVendorCalled: '没有调用任何服务商。',
  attempt: '<provider>{name}</provider>：{ending}',
  attemptAs: '<provider>{name}</provider>，模型 {model}：{ending}',
  endingStatus: '{ending}（HTTP {status}）',
  skipped: '已跳过',
  noKeySkipped: '没有跳过任何密钥。',
  skip: '<provider>{name}</provider>：{reasons}',
  charged: '消耗',
  nothingCharged: '没有产生消耗。',
  answered:
    '{kind, select, stream {该流式请求} other {该请求}}于 {at} 到达，{duration}后由 {name} 完成处理{waited}。密钥按 {strategy} 排序。',
  aborted:
    '{kind, select, stream {该流式请求} other {该请求}}于 {at} 到达，{duration}后被客户端中止{waited}。密钥按 {strategy} 排序。',
  refused:
    '{kind, select, stream {该流式请求} other {该请求}}于 {at} 到达，{duration}后被拒绝{waited}。密钥按 {strategy} 排序。',
  waited: '，其中等待配额 {length}',
  for: '使用方',
  estimated: '{state}，估算',
}
