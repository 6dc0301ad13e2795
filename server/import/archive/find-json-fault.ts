/**
 * Finds where a text stops being JSON, which `JSON.parse` tells for some faults only. Runs on
 * broken files alone; the text must not nest deeper than a call stack.
 */

const SPACE = /[ \t\n\r]*/y
const SCALAR =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y

/** The index of the first character that cannot belong to a JSON text; its length if cut short. */
export function findJsonFault(text: string): number {
  let at = 0

  function take(pattern: RegExp): boolean {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }

  function takeCharacter(character: string): boolean {
    take(SPACE)
    if (text[at] !== character) return false
    at += 1
    return true
  }

  function takeSequence(close: string, takeOne: () => boolean): boolean {
    if (takeCharacter(close)) return true
    do {
      if (!takeOne()) return false
    } while (takeCharacter(','))
    return takeCharacter(close)
  }

  function takeMember(): boolean {
    take(SPACE)
    return take(STRING) && takeCharacter(':') && takeValue()
  }

  function takeValue(): boolean {
    if (takeCharacter('[')) return takeSequence(']', takeValue)
    if (takeCharacter('{')) return takeSequence('}', takeMember)
    return take(SCALAR)
  }

  if (takeValue()) take(SPACE)
  return at
}
