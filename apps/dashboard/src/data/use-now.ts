import { useEffect, useState } from 'react'

/** The current time in epoch milliseconds, updated periodically, so that "in 5 min" stays right. */
export function useNow(everyMs = 10_000): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
}
