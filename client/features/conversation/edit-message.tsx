/** A message in the hands of its author again, in its own place. */
import { useEffect, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { MessageView } from '../../engine/engine-interface.ts'
import { useEditDraft } from '../../store/draft.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { nameOf } from '../../store/person-name.ts'
import { Button } from '../../ui/controls.tsx'
import { returnFocus } from '../../ui/return-focus.ts'
import { useConversationView } from './conversation-context.ts'
import styles from './conversation.module.css'
import { isSendingEnter } from './enter-key.ts'
import { isTooLong, TooLong } from './length-notice.tsx'
import { mentionNames } from './mention-names.ts'
import { storeMentions, typeMentions } from './mentions.ts'

export interface EditMessageProps {
  view: MessageView
  /** The person has just asked to type here, rather than scrolled back to it. */
  takesFocus: boolean
  onDone: () => void
}

export function EditMessage({ view, takesFocus, onDone }: EditMessageProps): ReactNode {
  const { conversation, handle } = useConversationView()
  const { all, byId } = usePeople()
  const [typed] = useState(() => {
    const names = mentionNames(all)
    return typeMentions(view.record.content, (id) => names.get(id)?.name ?? nameOf(id, byId))
  })
  const [draft, setDraft] = useEditDraft(conversation.id, view.id)
  const { text, mentions } = draft ?? typed
  const content = storeMentions(text, mentions).trim()
  const canSave = content !== '' && !isTooLong(content)

  useEffect(() => returnFocus, [])

  const finish = (): void => {
    setDraft(undefined)
    onDone()
  }
  const save = (): void => {
    if (!canSave) return
    handle?.edit(view.id, content)
    finish()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') finish()
    if (isSendingEnter(event)) {
      event.preventDefault()
      save()
    }
  }

  return (
    <div className={styles.edit}>
      <textarea
        ref={takesFocus ? focusAtEnd : null}
        className={styles.input}
        aria-label="Edit this message"
        dir="auto"
        value={text}
        onChange={({ target }) => setDraft({ text: target.value, mentions })}
        onKeyDown={onKeyDown}
      />
      <TooLong content={content} />
      <div className={styles.under}>
        <Button isSmall look="primary" disabled={!canSave} onClick={save}>
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
