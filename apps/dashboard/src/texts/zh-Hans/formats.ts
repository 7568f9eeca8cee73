import type { Texts } from '../translate.js'

export const formats: Texts['formats'] = {
  milliseconds: '{count} 毫秒',
  seconds: '{count} 秒',
  percent: '{number}%',
  minutes: '{count} 分钟',
  hours: '{count} 小时',
  hoursAndMinutes: '{hours} 小时 {minutes} 分钟',
  days: '{count} 天',
  daysAndHours: '{days} 天 {hours} 小时',
  in: '{length}后',
  now: '现在',
  ago: '{length}前',
  justNow: '刚刚',
  tomorrow: '明天 {time}',
  yesterday: '昨天 {time}',
  onDay: '{day} {time}',
  comma: '，',
  listComma: '、',
  semicolon: '；',
}
