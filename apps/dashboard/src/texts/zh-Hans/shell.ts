import type { Texts } from '../translate.js'

export const shell: Texts['shell'] = {
  skip: '跳到正文',
  pages: '页面',
  overview: '总览',
  keys: '密钥',
  try: '试用',
  consumers: '使用方',
  requests: '请求',
  usage: '用量',
  alerts: '告警',
  colours: '配色',
  auto: '自动',
  light: '浅色',
  dark: '深色',
  language: '语言',
  languageFailed: '无法加载该语言，请重新加载页面后再选择。',
  signOut: '退出登录',
  thePage: '页面',
  notFound: '页面不存在',
  nothingHere: '此地址没有任何内容。',
  useNavigation: '请使用上方的导航。',
  token: '令牌',
  tokenHint:
    '服务器的 <code>QUOTA_ADMIN_TOKEN</code>；如果只查看不修改，也可用 <code>QUOTA_API_TOKEN</code>；或者为您创建的令牌 <code>qk_…</code>。',
  signIn: '登录',
  signingIn: '正在登录…',
}
