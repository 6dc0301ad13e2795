/** Where messages are written. What is typed is kept at every keystroke. */
import { SendHorizontal } from 'lucide-react'
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { MessageId } from '../../../shared/ids.ts'
import { useDraft } from '../../store/draft.ts'
import { IconButton } from '../../ui/controls.tsx'
import { useConversationView } from './conversation-context.ts'
import styles from './conversation.module.css'
import { isSendingEnter } from './enter-key.ts'
import { COMPOSER_ID } from './focus-conversation.ts'
import { isTooLong, TooLong } from './length-notice.tsx'
import {
  MentionList,
  mentionChoiceId,
  useMentionChoices,
  type MentionChoice,
} from './mention-list.tsx'
import { storeMentions, typedName } from './mentions.ts'
import { useTypingNotice } from './use-typing-notice.ts'

export interface ComposerProps {
  placeholder: string
  /** The message that is answered in its thread. */
  parentId?: MessageId | undefined
}

export function Composer({ placeholder, parentId }: ComposerProps): ReactNode {
  const { conversation, handle, onWritten } = useConversationView()
  const place = parentId === undefined ? conversation.id : `${conversation.id}-${parentId}`
  const [draft, setDraft] = useDraft(place)
  const input = useRef<HTMLTextAreaElement>(null)
  const [cursor, setCursor] = useState(0)
  const [choice, setChoice] = useState(0)
  const [isDismissed, setDismissed] = useState(false)
  const typing = useTypingNotice(handle)
  const choices = useMentionChoices(isDismissed ? undefined : typedName(draft.text, cursor))
  const listId = useId()
  const chosen = choices[choice]
  const content = storeMentions(draft.text, draft.mentions).trim()
  const canSend = content !== '' && !isTooLong(content) && handle !== undefined

  const change = (text: string, at: number): void => {
    setDraft({ ...draft, text })
    setCursor(at)
    setChoice(0)
    setDismissed(false)
    typing.onType(text !== '')
  }
  const send = (): void => {
    if (!canSend) return
    onWritten(handle.send({ content, ...(parentId === undefined ? {} : { parentId }) }))
    setDraft({ text: '', mentions: {} })
    typing.onType(false)
    input.current?.focus()
  }
  const complete = ({ name, target }: MentionChoice): void => {
    const start = cursor - (typedName(draft.text, cursor) ?? '').length
    const before = `${draft.text.slice(0, start)}${name} `
    setDraft({
      text: before + draft.text.slice(cursor),
      mentions: { ...draft.mentions, [name]: target },
    })
    setCursor(before.length)
    input.current?.focus()
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (chosen !== undefined) {
      const step = { ArrowDown: 1, ArrowUp: choices.length - 1 }[event.key]
      if (step !== undefined) setChoice((choice + step) % choices.length)
      else if (event.key === 'Enter' || event.key === 'Tab') complete(chosen)
      else if (event.key === 'Escape') setDismissed(true)
      else return
      event.preventDefault()
      return
    }
    if (isSendingEnter(event)) {
      event.preventDefault()
      send()
    }
  }

  return (
    <div className={styles.foot}>
      <MentionList id={listId} choices={choices} selected={choice} onChoose={complete} />
      <div className={styles.composer}>
        <textarea
          ref={input}
          id={parentId === undefined ? COMPOSER_ID : undefined}
          className={styles.input}
          aria-label={parentId === undefined ? 'Message' : 'Reply'}
          // A text of several lines may not be a combobox, but may have one's list.
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={chosen === undefined ? undefined : listId}
          aria-activedescendant={chosen === undefined ? undefined : mentionChoiceId(listId, choice)}
          placeholder={placeholder}
          dir="auto"
          rows={1}
          value={draft.text}
          onChange={({ target }) => change(target.value, target.selectionStart)}
          onSelect={({ currentTarget }) => setCursor(currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={() => typing.onType(false)}
        />
        <IconButton label="Send" className={styles.send} disabled={!canSend} onClick={send}>
          <SendHorizontal size={20} />
        </IconButton>
      </div>
      <TooLong content={content} />
    </div>
  )
}
