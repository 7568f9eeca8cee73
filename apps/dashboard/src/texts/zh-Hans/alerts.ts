import type { Texts } from '../translate.js'

export const alerts: Texts['alerts'] = {
  theAlerts: '告警',
  severity: '级别',
  noAlerts: '没有告警。',
  noAlertsHint:
    '用量达到限额的阈值（默认为 80%、90% 和 100%）时触发，每个窗口各一次；密钥被拒绝、在别处使用或计数异常时也会触发。',
  raised: '触发时间',
  subject: '对象',
  limit: '限额',
  reached: '达到',
  used: '已用',
  sentTo: '发送至',
  usedElsewhere: '在别处使用',
  threshold: '{percent}%',
  usedOf: '{used} / {max}',
  limitOfModel: '{limit}（{model}）',
  theLog: '日志',
  givenUp: '{channel}：尝试 {count, number} 次后放弃（{error}）',
  inDelivery: '{channel}：正在发送',
  sendTest: '发送测试',
  sendTestTitle: '发送测试告警？',
  sendIt: '发送',
  sendTestText: '每个已配置的接收方都会收到一条测试消息。',
  noReceivers: '没有配置接收方：请在配置的 "alerts" 中添加。',
  reachedAll: '测试已送达{count, plural, one {该接收方} other {全部 # 个接收方}}。',
}
