import { within } from '../deadline.js'
import type { VendorCall } from './reaction.js'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** The calls that arrived, and waiters for their arrival or end. */
export interface CallLog {
  readonly calls: readonly VendorCall[]
  add(call: Omit<VendorCall, 'index' | 'endedAtMs' | 'httpStatus' | 'ending'>): VendorCall
  /** Records the end of a call; only the first end counts. */
  end(call: VendorCall, end: Pick<VendorCall, 'ending' | 'httpStatus'>): void
  /** Resolves when the condition holds. @throws Error after `timeoutMs` */
  until(condition: (calls: readonly VendorCall[]) => boolean, timeoutMs: number): Promise<void>
}

/** An empty log. */
export function createCallLog(): CallLog {
  const calls: Mutable<VendorCall>[] = []
  const listeners = new Set<() => void>()
  const change = (call: VendorCall, fields: Partial<VendorCall>): void => {
    const logged = calls[call.index]
    if (logged !== undefined) Object.assign(logged, fields)
    for (const listener of listeners) listener()
  }
  return {
    calls,
    add: arrived => {
      const call = { ...arrived, index: calls.length, endedAtMs: null, httpStatus: null, ending: null }
      calls.push(call)
      change(call, {})
      return call
    },
    end: (call, end) => {
      if (call.ending === null) change(call, { ...end, endedAtMs: Date.now() })
    },
    until: async (condition, timeoutMs) => {
      let listener = (): void => undefined
      const held = new Promise<void>(resolve => {
        listener = () => {
          if (condition(calls)) resolve()
        }
        listeners.add(listener)
        listener()
      })
      try {
        await within(held, {
          timeoutMs,
          describe: () =>
            `the condition did not hold within ${timeoutMs} ms; ${calls.length} calls had arrived`,
        })
      } finally {
        listeners.delete(listener)
      }
    },
  }
}
