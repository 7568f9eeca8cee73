import type { Texts } from '../translate.js'

export const codes: Texts['codes'] = {
  outcomeWithCode: '{outcome}：{code}',
  outcomes: { answered: '已回答', refused: '已拒绝', aborted: '已中止' },
  severities: { warning: '预警', critical: '告急', error: '错误' },
  states: {
    pending: '进行中',
    committed: '已结算',
    released: '已释放',
    expired: '已过期',
    record: '事后记录',
    adjustment: '调整',
    succeeded: '成功',
    refused: '被拒绝',
    failed: '失败',
    aborted: '已中止',
  },
  tokenStates: { valid: '有效', expired: '已过期', revoked: '已吊销' },
  scopes: { call: '调用', read: '读取', record: '记录', admin: '管理' },
  managedBy: { file: '配置文件', api: 'API', demo: '示例' },
}
