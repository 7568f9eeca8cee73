import { createTransport } from 'nodemailer'
import { type AlertChannel, sendTimeoutMs } from './channel.js'

/** E-mail over SMTP. @param smtpUrl `smtps://user:password@host:port?from=quota@example.com` */
export function emailChannel(name: string, smtpUrl: string, to: readonly string[]): AlertChannel {
  const url = new URL(smtpUrl)
  const from = url.searchParams.get('from') ?? `quotakeeper@${url.hostname}`
  url.searchParams.delete('from')
  const transport = createTransport({
    url: url.href,
    connectionTimeout: sendTimeoutMs,
    greetingTimeout: sendTimeoutMs,
    socketTimeout: sendTimeoutMs,
  })
  return {
    name,
    send: async ({ id, text }) => {
      try {
        await transport.sendMail({
          from,
          to: [...to],
          subject: text.slice(0, 120),
          text,
          messageId: `<${id}@quotakeeper>`,
        })
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'refused'
        throw new Error(`the mail server did not take it (${code})`)
      }
    },
    close: () => transport.close(),
  }
}
