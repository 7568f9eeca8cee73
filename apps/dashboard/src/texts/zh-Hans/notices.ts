import type { Texts } from '../translate.js'

export const notices: Texts['notices'] = {
  loading: '正在加载{what}…',
  loadingMore: '正在加载…',
  more: '显示更多',
  failed: '<strong>无法显示{what}：</strong>{message}',
  noAnswer: 'API 没有响应。',
  noDatabase: 'API 有响应，但其数据库没有响应。',
  apiFailed: 'API 出错。',
  noData: '<strong>{title}</strong>尚无数据：{message}。正在重试…',
  old: '<strong>{title}</strong>以下数据已是 {age}前的。正在重试…',
  pageFailed: '<strong>此页面出错：</strong>{fault}。配额仍然有效。',
  tryAgain: '重试',
  scrolls: '可滚动的表格',
  noAnswerAt: '{server} 的 API 没有响应，请检查它是否正在运行',
  notTheApi: '{server} 的响应不是来自 API（HTTP {status}），请检查中间的代理',
  httpStatus: '服务器返回 HTTP {status}',
}
