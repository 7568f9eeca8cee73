import { useEffect, useState } from 'react'

/** The present in epoch milliseconds, told anew as often as given, so that "in 5 min" stays true. */
export function useNow(everyMs = 10_000): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
}
