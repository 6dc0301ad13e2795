/**
 * Where the keyboard goes when what had its focus disappears: back to the element that was used
 * last outside of menus, dialogs and panes, or to the nearest one around it that is still there.
 * Never takes the focus from an element that has it.
 */

/** They are gone when the focus is given back. */
const OVERLAYS = '[role="menu"], [role="dialog"]'
/** A pane that comes and goes beside what stays. */
const PANE = '[data-pane]'

/** Each an element and those around it, from the inside out. */
let inPane: readonly HTMLElement[] = []
let besidePane: readonly HTMLElement[] = []

/** Begins to remember what was focused, for as long as the page lives. */
export function followFocus(): void {
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement) || target.closest(OVERLAYS) !== null) return
    const used = [...withAncestors(target)]
    const isInPane = target.closest(PANE) !== null
    inPane = isInPane ? used : []
    if (!isInPane) besidePane = used
  })
}

/** Gives the focus back, if nothing has it. */
export function returnFocus(): void {
  for (const element of [...inPane, ...besidePane]) {
    if (document.activeElement !== document.body && document.activeElement !== null) return
    if (element !== document.body) element.focus()
  }
}

/** Elements that are taken off the page, or cannot be focused, leave the focus where it is. */
function* withAncestors(element: HTMLElement): Generator<HTMLElement> {
  for (let each: HTMLElement | null = element; each !== null; each = each.parentElement) yield each
}
