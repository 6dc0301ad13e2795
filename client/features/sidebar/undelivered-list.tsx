/** The way to what could not be delivered, also where one is no longer let in. */
import { AlertCircle, PenLine } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { formatPath, type ConversationPlace } from '../../store/conversation-path.ts'
import { useLeftDrafts } from '../../store/left-drafts.ts'
import { useConversationFacts } from '../../store/use-conversation-facts.ts'
import { useWayBack } from '../../store/way-back.ts'
import { useEngineStatus } from '../../store/use-engine.ts'
import styles from './sidebar.module.css'

export function UndeliveredList(): ReactNode {
  const { refusedIn } = useEngineStatus()
  const drafts = useLeftDrafts()
  const refused = refusedIn.map((conversation) => ({ conversation, threadId: undefined }))
  const isListed = ({ conversation, threadId }: ConversationPlace): boolean =>
    threadId === undefined && refusedIn.some(({ id }) => id === conversation.id)
  if (refused.length + drafts.length === 0) return null
  return (
    <>
      <div className={styles.section}>
        <h2>Not delivered</h2>
      </div>
      <ul className={styles.list}>
        {refused.map((place) => (
          <li key={place.conversation.id}>
            <UndeliveredLink place={place} />
          </li>
        ))}
        {drafts
          .filter((place) => !isListed(place))
          .map((place) => (
            <li key={formatPath(place.conversation, place.threadId)}>
              <UndeliveredLink place={place} isDraft />
            </li>
          ))}
      </ul>
    </>
  )
}

interface UndeliveredLinkProps {
  place: ConversationPlace
  /** It was not even sent. */
  isDraft?: boolean
}

function UndeliveredLink({ place, isDraft = false }: UndeliveredLinkProps): ReactNode {
  const { conversation, threadId } = place
  const { step } = useWayBack()
  const { name, channel, dm } = useConversationFacts(conversation)
  const isKnown = channel !== undefined || dm !== undefined
  return (
    <Link
      href={formatPath(conversation, threadId)}
      state={step}
      className={styles.link}
      data-failed
    >
      {isDraft ? <PenLine size={16} /> : <AlertCircle size={16} />}
      <span className={styles.name}>{isKnown ? name : 'A conversation you are no longer in'}</span>
      {isDraft ? <span className={styles.soft}>draft</span> : null}
    </Link>
  )
}
