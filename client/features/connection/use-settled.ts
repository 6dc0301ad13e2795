/** A value that takes a brief change only once it has lasted. */
import { useEffect, useState } from 'react'

export function useSettled<Value>(
  value: Value,
  isBrief: (from: Value, to: Value) => boolean,
  settleMs: number,
): Value {
  const [settled, setSettled] = useState(value)
  if (value !== settled && !isBrief(settled, value)) setSettled(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs)
    return () => clearTimeout(timer)
  }, [value, settleMs])
  return settled
}
