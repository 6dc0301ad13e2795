/** Below the messages: who types, what could not be delivered, and the composer or why there is none. */
import type { ReactNode } from 'react'
import type { ErrorCode } from '../../../shared/errors.ts'
import { postDenial } from '../../../shared/guard/actor.ts'
import { useJoinChannel } from '../../store/directory-commands.ts'
import { usePeople } from '../../store/directory-queries.ts'
import { sentenceFor, sentenceForError } from '../../store/error-sentences.ts'
import { nameOf } from '../../store/person-name.ts'
import { Button, Notice } from '../../ui/controls.tsx'
import { Composer } from './composer.tsx'
import { useConversationView } from './conversation-context.ts'
import { LeftDraft } from './left-draft.tsx'
import { LeftEdits } from './left-edits.tsx'
import { canChangeMessages } from './can-change-messages.ts'
import styles from './conversation.module.css'
import { UndeliveredPanel } from './undelivered-panel.tsx'

export function ConversationFoot(): ReactNode {
  const { facts, snapshot } = useConversationView()
  const denial = useDenial()
  return (
    <>
      <UndeliveredPanel />
      <TypingLine />
      {denial === undefined ? null : (
        <Notice kind="warning">
          <p>{sentenceFor(denial)}</p>
          {denial === 'not_member' ? <JoinButton /> : null}
        </Notice>
      )}
      {canChangeMessages({ facts, snapshot }) ? null : <LeftEdits />}
      {denial === undefined && !facts.isUnknown ? (
        <Composer placeholder={`Write to ${facts.name}`} />
      ) : (
        <LeftDraft />
      )}
    </>
  )
}

/** Why one cannot post here; undefined while one can, or while nothing says that one cannot. */
function useDenial(): ErrorCode | undefined {
  const { facts, snapshot } = useConversationView()
  const said = snapshot.denial?.code ?? postDenial(facts.actor.access)
  if (said !== undefined) return said
  // Its copy is on this device, but the list has lost it.
  return facts.isUnknown && snapshot.messages.length > 0 ? 'access_ended' : undefined
}

function JoinButton(): ReactNode {
  const { facts } = useConversationView()
  const { mutate, isPending, error } = useJoinChannel()
  const { channel } = facts
  if (channel === undefined || channel.type === 'PRIVATE') return null
  return (
    <>
      {error === null ? null : <p role="alert">{sentenceForError(error)}</p>}
      <Button look="primary" isSmall disabled={isPending} onClick={() => mutate(channel.id)}>
        Join channel
      </Button>
    </>
  )
}

const MAX_NAMES = 3

function TypingLine(): ReactNode {
  const { snapshot } = useConversationView()
  const { byId } = usePeople()
  const names = snapshot.typing.map((id) => nameOf(id, byId))
  const text =
    names.length > MAX_NAMES
      ? 'Several people are typing…'
      : `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing…`
  return (
    <div className={styles.typing} aria-live="polite">
      {names.length === 0 ? '' : text}
    </div>
  )
}
