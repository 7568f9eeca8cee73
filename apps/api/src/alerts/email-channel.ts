import type { Transporter } from 'nodemailer'
import { type AlertChannel, sendTimeoutMs } from './channel.js'
import { oneLine, shortened } from './plain-text.js'

/** Most mails a minute that people can read. */
const maxPerMinute = 10
const longestSubject = 120

/** E-mail over SMTP. @param smtpUrl `smtps://user:password@host:port?from=quota@example.com` */
export function emailChannel(name: string, smtpUrl: string, to: readonly string[]): AlertChannel {
  const url = new URL(smtpUrl)
  const from = url.searchParams.get('from') ?? `quotakeeper@${url.hostname}`
  url.searchParams.delete('from')
  let transport: Promise<Transporter> | null = null
  return {
    name,
    consumers: null,
    maxPerMinute,
    send: async ({ id, text }) => {
      try {
        transport ??= openTransport(url.href)
        await (await transport).sendMail({
          from,
          to: [...to],
          subject: shortened(oneLine(text), longestSubject),
          text: oneLine(text),
          messageId: `<${id}@quotakeeper>`,
        })
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'refused'
        throw new Error(`the mail server rejected it (${code})`)
      }
    },
    close: () => void transport?.then(opened => opened.close()),
  }
}

/** Loads the mail library with the first mail: few servers send any. */
async function openTransport(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url,
    connectionTimeout: sendTimeoutMs,
    greetingTimeout: sendTimeoutMs,
    socketTimeout: sendTimeoutMs,
  })
}
