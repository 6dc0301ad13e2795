/**
 * Puts text on the clipboard. Browsers offer the clipboard itself only to pages that came over
 * HTTPS or from this machine; elsewhere the text is selected and copied as by hand.
 */

/** Answers false when the browser lets nothing be copied; then nothing has changed. */
export async function copyText(text: string): Promise<boolean> {
  // Absent, whatever its type says, where the page is no secure context.
  const clipboard: Clipboard | undefined = globalThis.navigator.clipboard
  if (clipboard === undefined) return copySelected(text)
  try {
    await clipboard.writeText(text)
    return true
  } catch {
    return copySelected(text) // its person, or the frame around the page, does not allow it
  }
}

function copySelected(text: string): boolean {
  const focused = document.activeElement
  const carrier = document.createElement('textarea')
  carrier.value = text
  carrier.readOnly = true
  carrier.style.cssText = 'position: fixed; inset: 0 auto auto 0; opacity: 0'
  document.body.append(carrier)
  carrier.select()
  // Deprecated, and the only way without a secure context.
  const isCopied = document.execCommand('copy')
  carrier.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isCopied
}
