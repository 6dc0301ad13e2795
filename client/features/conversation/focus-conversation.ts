/** Where the keyboard begins in a conversation. */

export const COMPOSER_ID = 'composer'
export const TITLE_ID = 'conversation-title'

/** To the composer; to the title where nothing can be written. */
export function focusComposer(): void {
  const target = document.getElementById(COMPOSER_ID) ?? document.getElementById(TITLE_ID)
  target?.focus()
}

/** Once a conversation is opened. */
export function focusConversation(): void {
  // On a touch screen a focused text brings up the keyboard, which covers what one came to read.
  if (globalThis.matchMedia('(pointer: coarse)').matches) document.getElementById(TITLE_ID)?.focus()
  else focusComposer()
}
