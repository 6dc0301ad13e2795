/** The people whose names begin like what is typed after an @. */
import { useMemo, type ReactNode } from 'react'
import type { User } from '../../../shared/api/users.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { Avatar, VisuallyHidden } from '../../ui/controls.tsx'
import styles from './conversation.module.css'
import { mentionNames } from './mention-names.ts'
import { formatMinute } from './times.ts'

export interface MentionChoice {
  /** What is typed for it. */
  name: string
  /** As they are called, which others may be too. */
  shown: string
  /** A user id, `channel` or `here`. */
  target: string
  /** What tells apart who has the same name; empty otherwise. */
  about: string
}

const MAX_CHOICES = 8
const groups: readonly MentionChoice[] = [
  { name: 'channel', shown: 'channel', target: 'channel', about: 'Everybody in this conversation' },
  { name: 'here', shown: 'here', target: 'here', about: 'Everybody who is online now' },
]

export function useMentionChoices(typed: string | undefined): MentionChoice[] {
  const { all, byId } = usePeople()
  const names = useMemo(() => mentionNames(all), [all])
  if (typed === undefined) return []
  const wanted = typed.toLowerCase()
  const people = all.map((user): MentionChoice => {
    const named = names.get(user.id)
    const shown = nameOf(user.id, byId)
    return {
      name: named?.name ?? shown,
      shown,
      target: user.id,
      about: named?.isShared === true ? describe(user) : '',
    }
  })
  return [...people, ...groups]
    .filter(({ name }) =>
      [name, ...name.split(/\s+/)].some((part) => part.toLowerCase().startsWith(wanted)),
    )
    .slice(0, MAX_CHOICES)
}

function describe({ name, displayName, bio, createdAt }: User): string {
  return [displayName === null ? '' : name, bio ?? '', `Here since ${formatMinute(createdAt)}`]
    .filter((part) => part !== '')
    .join(' · ')
}

/** The id of one choice in the list, for `aria-activedescendant`. */
export function mentionChoiceId(listId: string, index: number): string {
  return `${listId}-${index}`
}

export interface MentionListProps {
  id: string
  choices: readonly MentionChoice[]
  selected: number
  onChoose: (choice: MentionChoice) => void
}

export function MentionList({ id, choices, selected, onChoose }: MentionListProps): ReactNode {
  return (
    <>
      <output>
        <VisuallyHidden>{choices.length === 0 ? '' : countOf(choices.length)}</VisuallyHidden>
      </output>
      {choices.length === 0 ? null : (
        <div id={id} className={styles.suggestions} role="listbox" aria-label="People to mention">
          {choices.map((choice, index) => (
            <div
              key={choice.target}
              id={mentionChoiceId(id, index)}
              ref={index === selected ? showInList : null}
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
              <Avatar name={choice.shown} seed={choice.target} size={26} />
              <span className={styles.suggested}>{choice.name}</span>
              {choice.about === '' ? null : (
                <span className={styles.distinction}>{choice.about}</span>
              )}
            </div>
          ))}
        </div>
      )}
    </>
  )
}

function showInList(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: 'nearest' })
}

function countOf(count: number): string {
  return count === 1 ? '1 to choose from' : `${count} to choose from`
}
