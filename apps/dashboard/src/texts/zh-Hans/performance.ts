import type { Texts } from '../translate.js'

export const performance: Texts['performance'] = {
  note: '对服务商的调用的成功率和延迟。',
  thePerformance: '性能数据',
  periods: { '24h': '24 小时', '7d': '7 天' },
  noCallsOfDay: '最近 24 小时没有调用。',
  noCallsOfWeek: '最近 7 天没有调用。',
  noCallsHint: '网关每 5 秒报告一次调用。<try>试用调用</try>',
  ofDay: '最近 24 小时的性能',
  noCalls: '没有经过网关的调用。',
  noProvider: '未调用提供方',
  success: '成功率',
  refused: '被拒绝',
  failed: '失败',
  aborted: '已中止',
  notCalled: '未调用',
  p50: 'p50',
  p95: 'p95',
  firstTokenP50: '首个 token p50',
  firstTokenP95: '首个 token p95',
  meaning: '这些数据的含义',
  callsMeaning:
    '对服务商的调用。如果一个提供方拒绝调用，另一个作出回答，则各计一次。成功率是得到回答的比例，不计客户端中止的调用。',
  endings: '被拒绝、失败、已中止',
  endingsMeaning:
    '被拒绝：服务商拒绝了调用。失败：无法连接服务商、连接中断或响应过慢。已中止：客户端在结束之前离开。',
  notCalledMeaning: '因为没有密钥或使用方有余量，在调用任何服务商之前就被拒绝的请求。',
  percentiles: 'p50、p95',
  percentilesMeaning:
    '从发送到回答结束，半数已回答的调用耗时不超过 p50，95% 不超过 p95。两者误差不超过 9.1%。首个 token：到流式回答的首段内容为止。',
}
