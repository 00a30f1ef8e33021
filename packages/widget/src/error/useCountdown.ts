import { useEffect, useState } from 'react'

/** Milliseconds left until a moment, told again each second; 0 once it is past, and where there is none. */
export function useCountdown(untilMs: number | null): number {
  const [nowMs, setNowMs] = useState(() => Date.now())

  useEffect(() => {
    if (untilMs === null) return
    const tick = () => {
      setNowMs(Date.now())
      if (Date.now() >= untilMs) clearInterval(interval)
    }
    const interval = setInterval(tick, 1000)
    const first = setTimeout(tick)
    return () => {
      clearInterval(interval)
      clearTimeout(first)
    }
  }, [untilMs])

  return untilMs === null ? 0 : Math.max(0, untilMs - nowMs)
}
