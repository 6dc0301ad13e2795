/** The people whose names begin like what is typed after an @. */
import type { ReactNode } from 'react'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { Avatar } from '../../ui/controls.tsx'
import styles from './conversation.module.css'

export interface MentionChoice {
  name: string
  /** A user id, `channel` or `here`. */
  target: string
}

const MAX_CHOICES = 8
const groups: readonly MentionChoice[] = [
  { name: 'channel', target: 'channel' },
  { name: 'here', target: 'here' },
]

export function useMentionChoices(typed: string | undefined): MentionChoice[] {
  const { all, byId } = usePeople()
  if (typed === undefined) return []
  const wanted = typed.toLowerCase()
  const people = all.map(({ id }): MentionChoice => ({ name: nameOf(id, byId), target: id }))
  return [...people, ...groups]
    .filter(({ name }) =>
      [name, ...name.split(/\s+/)].some((part) => part.toLowerCase().startsWith(wanted)),
    )
    .slice(0, MAX_CHOICES)
}

export interface MentionListProps {
  choices: readonly MentionChoice[]
  selected: number
  onChoose: (choice: MentionChoice) => void
}

export function MentionList({ choices, selected, onChoose }: MentionListProps): ReactNode {
  if (choices.length === 0) return null
  return (
    <div className={styles.suggestions} role="listbox" aria-label="People to mention">
      {choices.map((choice, index) => (
        <div
          key={choice.target}
          role="option"
          tabIndex={-1}
          aria-selected={index === selected}
          className={styles.suggestion}
          // Before the text loses the focus, and its cursor.
          onMouseDown={(event) => {
            event.preventDefault()
            onChoose(choice)
          }}
        >
          <Avatar name={choice.name} seed={choice.target} size={26} />
          {choice.name}
        </div>
      ))}
    </div>
  )
}
