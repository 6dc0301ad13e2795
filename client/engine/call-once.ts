/** Lets what calls back many times in one go, for parts of one change, call back once at its end. */

export interface CallOnce {
  call: () => void
  /** Whatever `act` calls for happens once, after it. */
  together: (act: () => void) => void
}

export function createCallOnce(callback: () => void): CallOnce {
  let depth = 0
  let isCalledFor = false
  return {
    call() {
      if (depth > 0) isCalledFor = true
      else callback()
    },
    together(act) {
      depth += 1
      try {
        act()
      } finally {
        depth -= 1
        if (depth === 0 && isCalledFor) {
          isCalledFor = false
          callback()
        }
      }
    },
  }
}
