/** A dialog in the middle of the screen, by Radix: focus stays in it, Escape closes it. */
import { X } from 'lucide-react'
import { Dialog as RadixDialog } from 'radix-ui'
import { useRef, type ReactNode } from 'react'
import { IconButton } from './controls.tsx'
import styles from './overlays.module.css'
import { returnFocus } from './return-focus.ts'

export interface DialogProps {
  title: string
  isOpen: boolean
  onClose: () => void
  children: ReactNode
}

export function Dialog({ title, isOpen, onClose, children }: DialogProps): ReactNode {
  const body = useRef<HTMLDivElement>(null)
  // What one came for is below the button that closes it.
  const focusFirst = (event: Event): void => {
    const first = body.current?.querySelector<HTMLElement>('input, button')
    if (first === null || first === undefined) return
    event.preventDefault()
    first.focus()
  }
  return (
    <RadixDialog.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={styles.backdrop} />
        <RadixDialog.Content
          className={styles.dialog}
          aria-describedby={undefined}
          onOpenAutoFocus={focusFirst}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            returnFocus()
          }}
        >
          <div className={styles.head}>
            <RadixDialog.Title>{title}</RadixDialog.Title>
            <RadixDialog.Close asChild>
              <IconButton label="Close">
                <X size={20} />
              </IconButton>
            </RadixDialog.Close>
          </div>
          <div ref={body} className={styles.body}>
            {children}
          </div>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

/** The row of buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }): ReactNode {
  return <div className={styles.actions}>{children}</div>
}
