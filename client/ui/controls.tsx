/** The small controls that every screen is made of. They know no data. */
import { useId, type ComponentProps, type ReactNode } from 'react'
import styles from './controls.module.css'

const classes = (...names: (string | false | undefined)[]): string =>
  names.filter((name) => name !== false && name !== undefined).join(' ')

export interface ButtonProps extends ComponentProps<'button'> {
  look?: 'primary' | 'danger' | 'quiet'
  isSmall?: boolean
}

export function Button({ look, isSmall, className, ...rest }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        styles.button,
        look && styles[look],
        isSmall === true && styles.small,
        className,
      )}
    />
  )
}

export interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does, for screen readers and on hover. */
  label: string
}

export function IconButton({ label, className, ...rest }: IconButtonProps): ReactNode {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(styles.icon, className)}
    />
  )
}

export interface TextFieldProps extends ComponentProps<'input'> {
  label: string
  hint?: string | undefined
  error?: string | undefined
}

export function TextField({ label, hint, error, ...rest }: TextFieldProps): ReactNode {
  const id = useId()
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <input
        className={styles.input}
        id={id}
        aria-describedby={`${id}-hint`}
        aria-invalid={error !== undefined}
        {...rest}
      />
      <p id={`${id}-hint`} className={error === undefined ? styles.hint : styles.error}>
        {error ?? hint}
      </p>
    </div>
  )
}

export interface NoticeProps {
  kind: 'warning' | 'failure'
  children: ReactNode
}

/** A bar that says what is wrong, and carries the buttons that help. */
export function Notice({ kind, children }: NoticeProps): ReactNode {
  return (
    <div
      role={kind === 'failure' ? 'alert' : 'status'}
      className={classes(styles.notice, styles[kind])}
    >
      {children}
    </div>
  )
}

/** The buttons of a notice, which stay together where the line breaks. */
export function NoticeButtons({ children }: { children: ReactNode }): ReactNode {
  return <div className={styles.buttons}>{children}</div>
}

const AVATAR_HUES = 12

export interface AvatarProps {
  name: string
  /** Chooses the colour; the same seed has the same one everywhere. */
  seed: string
  /** px */
  size?: number
}

/** Initials on a colour of one's own. Beside a name, which screen readers read instead. */
export function Avatar({ name, seed, size = 36 }: AvatarProps): ReactNode {
  const initials = name
    .split(/\s+/)
    .filter((part) => part !== '')
    .slice(0, 2)
    .map((part) => firstLetter(part).toUpperCase())
    .join('')
  const sum = seed.split('').reduce((total, letter) => total + letter.charCodeAt(0), 0)
  const hue = ((sum % AVATAR_HUES) * 360) / AVATAR_HUES
  return (
    <span
      aria-hidden="true"
      className={styles.avatar}
      style={{
        width: size,
        height: size,
        fontSize: size * 0.4,
        background: `oklch(47% 0.1 ${hue})`,
      }}
    >
      {initials || '?'}
    </span>
  )
}

/** What a reader takes for one letter may be several code points. */
function firstLetter(word: string): string {
  const [first] = new Intl.Segmenter().segment(word)
  return first?.segment ?? ''
}

export function EmptyState({
  title,
  children,
}: {
  title: string
  children?: ReactNode
}): ReactNode {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      {children}
    </div>
  )
}

export function Spinner({ label }: { label: string }): ReactNode {
  return (
    <output className={styles.empty}>
      <span className={styles.spinner} />
      <span className={styles.hidden}>{label}</span>
    </output>
  )
}

/** Read by screen readers, seen by nobody. */
export function VisuallyHidden({ children }: { children: ReactNode }): ReactNode {
  return <span className={styles.hidden}>{children}</span>
}
