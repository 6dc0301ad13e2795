/** A message in the hands of its author again, in its own place. */
import { useEffect, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { MessageView } from '../../engine/engine-interface.ts'
import { useDraft } from '../../store/draft.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { Button } from '../../ui/controls.tsx'
import { returnFocus } from '../../ui/return-focus.ts'
import { useConversationView } from './conversation-context.ts'
import styles from './conversation.module.css'
import { isTooLong, TooLong } from './length-notice.tsx'
import { storeMentions, typeMentions } from './mentions.ts'

export function EditMessage({
  view,
  onDone,
}: {
  view: MessageView
  onDone: () => void
}): ReactNode {
  const { handle } = useConversationView()
  const { byId } = usePeople()
  const [typed] = useState(() => typeMentions(view.record.content, (id) => nameOf(id, byId)))
  const [draft, setDraft] = useDraft(`edit-${view.id}`)
  const text = draft.text === '' ? typed.text : draft.text
  const content = storeMentions(text, typed.mentions).trim()

  useEffect(() => returnFocus, [])

  const finish = (): void => {
    setDraft({ text: '', mentions: {} })
    onDone()
  }
  const save = (): void => {
    if (content === '' || isTooLong(content)) return
    handle?.edit(view.id, content)
    finish()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') finish()
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      save()
    }
  }

  return (
    <div className={styles.edit}>
      <textarea
        // The person has just asked to type here.
        ref={focusAtEnd}
        className={styles.input}
        aria-label="Edit this message"
        dir="auto"
        value={text}
        onChange={({ target }) => setDraft({ text: target.value, mentions: {} })}
        onKeyDown={onKeyDown}
      />
      <TooLong content={content} />
      <div className={styles.under}>
        <Button isSmall look="primary" disabled={content === ''} onClick={save}>
          Save
        </Button>
        <Button isSmall onClick={finish}>
          Cancel
        </Button>
      </div>
    </div>
  )
}

function focusAtEnd(textarea: HTMLTextAreaElement | null): void {
  if (textarea === null) return
  textarea.focus()
  textarea.setSelectionRange(textarea.value.length, textarea.value.length)
}
