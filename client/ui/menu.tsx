/** A menu behind a button, by Radix: arrow keys, typing ahead, Escape. */
import { DropdownMenu } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import styles from './overlays.module.css'

export interface MenuItem {
  label: string
  icon?: ReactNode
  isDangerous?: boolean
  onSelect: () => void
}

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement
  /** A line above the items. */
  about?: ReactNode
  items: readonly MenuItem[]
  align?: 'start' | 'end'
  onOpenChange?: (isOpen: boolean) => void
}

export function Menu({ trigger, about, items, align = 'end', onOpenChange }: MenuProps): ReactNode {
  return (
    // Not modal: what is hidden from screen readers must not be reached by the keyboard either.
    <DropdownMenu.Root modal={false} {...(onOpenChange ? { onOpenChange } : {})}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={styles.menu}
          align={align}
          sideOffset={4}
          collisionPadding={8}
        >
          {about === undefined ? null : <div className={styles.about}>{about}</div>}
          {items.map(({ label, icon, isDangerous, onSelect }) => (
            <DropdownMenu.Item
              key={label}
              className={styles.item}
              data-danger={isDangerous === true ? '' : undefined}
              onSelect={onSelect}
            >
              {icon}
              {label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
