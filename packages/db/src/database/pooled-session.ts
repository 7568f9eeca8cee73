import { begin, commit } from '../store/statements/transaction.js'
import type { Row, Session, Statement } from './database.js'

/** Sends statements in one message, and answers the rows of each. */
type Send = (statements: readonly Statement[]) => Promise<readonly (readonly Row[])[]>

/**
 * A session behind a pooler, which may run each transaction in another session of the server: a statement that is in no
 * transaction of the work gets one, settings are set in each, and no statement is kept prepared. All of it in the message
 * that the work sends anyway.
 */
export function pooledSession(send: Send, settingsText: string): Session {
  const settings: Statement = { name: '', text: settingsText, values: [] }
  let isOpen = false
  return {
    run: async statements => {
      const sent: Statement[] = []
      /** Indexes of the work's own statements in `sent`. */
      const own: number[] = []
      let isWrapped = false
      const endWrap = (): void => {
        if (isWrapped) sent.push(commit)
        isWrapped = false
      }
      for (const statement of statements) {
        const kind = kindOf(statement)
        if (kind !== 'other') endWrap()
        else if (!isOpen && !isWrapped) {
          sent.push(begin, settings)
          isWrapped = true
        }
        own.push(sent.length)
        sent.push(statement)
        if (kind === 'begin') sent.push(settings)
        if (kind !== 'other') isOpen = kind === 'begin'
      }
      endWrap()
      const results = await send(sent.map(unnamed))
      return own.map(index => results[index] ?? [])
    },
  }
}

function kindOf({ text }: Statement): 'begin' | 'end' | 'other' {
  if (/^\s*(?:begin|start\s+transaction)\b/i.test(text)) return 'begin'
  return /^\s*(?:commit|rollback(?!\s+to)|end|abort)\b/i.test(text) ? 'end' : 'other'
}

function unnamed(statement: Statement): Statement {
  return statement.name === '' ? statement : { ...statement, name: '' }
}
